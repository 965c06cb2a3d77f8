import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkBoundaries } from './boundaries.mjs';

const home = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** @type {{ forbidden: { name: string }[] }} */
const { forbidden } = createRequire(import.meta.url)(join(home, '.dependency-cruiser.cjs'));

/** Every file of a small project in which each room is present. */
const rooms = [
  'packages/contract/src/thing.ts',
  'packages/core/src/index.ts',
  'packages/core/src/platform/thing.ts',
  'packages/core/src/devices/index.ts',
  'packages/core/src/devices/pair.ts',
  'packages/core/src/alerts/index.ts',
  'packages/core/src/alerts/raise.ts',
  'packages/edge/src/thing.ts',
  'packages/ui/src/thing.ts',
  'packages/testkit/src/thing.ts',
  ...['src', 'server', 'sim', 'agent', 'web', 'journeys'].flatMap((room) => [
    `solutions/lab/${room}/thing.ts`,
    `solutions/media/${room}/thing.ts`,
  ]),
  'apps/server/src/thing.ts',
  'apps/web/src/thing.ts',
  'bench/thing.ts',
  'journeys/thing.ts',
  'scripts/lib/thing.mjs',
];

/** What the table forbids, one line each: the rule that must bite, the file that offends, what it imports. @type {[string, string, string][]} */
const offences = [
  ['contract', 'packages/contract/src/a.ts', '@muster/core/platform/thing'],
  ['contract-tests', 'packages/contract/src/a.test.ts', '@muster/core/platform/thing'],
  ['contract-is-typebox-only', 'packages/contract/src/b.ts', 'pg'],
  ['platform', 'packages/core/src/platform/a.ts', '../devices/index.ts'],
  ['platform', 'packages/core/src/platform/b.ts', '@muster/testkit/thing'],
  ['platform-tests', 'packages/core/src/platform/a.test.ts', '../devices/index.ts'],
  ['capability', 'packages/core/src/devices/a.ts', '../alerts/raise.ts'],
  ['capability', 'packages/core/src/devices/b.ts', '@muster/core/alerts/raise'],
  ['capability', 'packages/core/src/devices/c.ts', '@muster/edge/thing'],
  ['capability', 'packages/core/src/devices/d.ts', '@muster/testkit/thing'],
  ['capability', 'packages/core/src/devices/e.ts', '../../../../solutions/lab/server/thing.ts'],
  ['capability-tests', 'packages/core/src/devices/a.test.ts', '../alerts/raise.ts'],
  ['core', 'packages/core/src/a.ts', '@muster/edge/thing'],
  ['core-tests', 'packages/core/src/a.test.ts', '@muster/ui/thing'],
  ['edge', 'packages/edge/src/a.ts', '@muster/core/platform/thing'],
  ['edge-tests', 'packages/edge/src/a.test.ts', '@muster/core/platform/thing'],
  ['ui', 'packages/ui/src/a.ts', '@muster/edge/thing'],
  ['ui-tests', 'packages/ui/src/a.test.ts', '@muster/edge/thing'],
  ['testkit', 'packages/testkit/src/a.ts', '@muster/ui/thing'],
  ['testkit', 'packages/testkit/src/b.ts', '../../../solutions/lab/sim/thing.ts'],
  ['testkit-tests', 'packages/testkit/src/a.test.ts', '@muster/ui/thing'],
  ['solution-src', 'solutions/lab/src/a.ts', '@muster/core/platform/thing'],
  ['solution-src', 'solutions/lab/src/b.ts', '../server/thing.ts'],
  ['solution-src', 'solutions/lab/src/c.ts', '../../media/src/thing.ts'],
  ['solution-src', 'solutions/lab/src/d.ts', '@muster/media/src/thing'],
  ['solution-src-tests', 'solutions/lab/src/a.test.ts', '../../media/src/thing.ts'],
  ['solution-server', 'solutions/lab/server/a.ts', '@muster/core/devices/pair'],
  ['solution-server', 'solutions/lab/server/b.ts', '../../media/server/thing.ts'],
  ['solution-server', 'solutions/lab/server/c.ts', '@muster/edge/thing'],
  ['solution-server-tests', 'solutions/lab/server/a.test.ts', '@muster/core/devices/pair'],
  ['solution-device', 'solutions/lab/sim/a.ts', '@muster/core/platform/thing'],
  ['solution-device', 'solutions/lab/agent/a.ts', '../server/thing.ts'],
  ['solution-device', 'solutions/lab/agent/b.ts', '../sim/thing.ts'],
  ['solution-device-tests', 'solutions/lab/sim/a.test.ts', '@muster/ui/thing'],
  ['solution-web', 'solutions/lab/web/a.ts', '@muster/core/platform/thing'],
  ['solution-web', 'solutions/lab/web/b.ts', '../../media/web/thing.ts'],
  ['solution-web', 'solutions/lab/web/c.ts', '../server/thing.ts'],
  ['solution-web-tests', 'solutions/lab/web/a.test.ts', '../server/thing.ts'],
  ['solution-journeys', 'solutions/lab/journeys/a.ts', '../../media/src/thing.ts'],
  ['solution-journeys-tests', 'solutions/lab/journeys/a.journey.ts', '@muster/core/platform/thing'],
  ['app', 'apps/server/src/a.ts', '@muster/testkit/thing'],
  ['app', 'apps/server/src/b.ts', '../../web/src/thing.ts'],
  ['app-tests', 'apps/server/src/a.test.ts', '../../../bench/thing.ts'],
  ['set-up-needs-nothing', 'scripts/lib/a.mjs', 'pg'],
  ['runs-in-the-browser', 'packages/ui/src/b.ts', 'node:fs'],
  ['runs-in-the-browser', 'solutions/lab/src/e.ts', 'node:fs'],
  ['runs-in-the-browser', 'apps/web/src/a.ts', 'node:fs'],
  ['resolvable', 'bench/a.ts', './nowhere.ts'],
];

/** What the table allows, from every room. @type {[string, string][]} */
const allowed = [
  ['packages/contract/src/ok.ts', 'typebox'],
  ['packages/core/src/platform/ok.ts', '@muster/contract/thing'],
  ['packages/core/src/devices/ok.ts', '../alerts/index.ts'],
  ['packages/core/src/devices/ok2.ts', '../platform/thing.ts'],
  ['packages/core/src/devices/ok.test.ts', '@muster/testkit/thing'],
  ['packages/edge/src/ok.ts', '@muster/contract/thing'],
  ['packages/ui/src/ok.ts', '@muster/contract/thing'],
  ['packages/testkit/src/ok.ts', '@muster/core/devices/pair'],
  ['solutions/lab/src/ok.ts', '@muster/contract/thing'],
  ['solutions/lab/server/ok.ts', '@muster/core/devices/index'],
  ['solutions/lab/server/ok2.ts', '@muster/core'],
  ['solutions/lab/server/ok3.ts', '@muster/core/platform/thing'],
  ['solutions/lab/server/ok4.ts', '../src/thing.ts'],
  ['solutions/lab/sim/ok.ts', '@muster/edge/thing'],
  ['solutions/lab/web/ok.ts', '@muster/ui/thing'],
  ['solutions/lab/journeys/ok.journey.ts', '@muster/testkit/thing'],
  ['apps/server/src/ok.ts', '@muster/lab/server/thing'],
  ['solutions/lab/journeys/ok2.journey.ts', '../../../journeys/thing.ts'],
  ['bench/ok.ts', '@muster/testkit/thing'],
  ['journeys/ok.journey.ts', '@muster/testkit/thing'],
];

let root = '';
/** @type {string[]} */
let findings = [];

before(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'muster-boundaries-')));
  for (const file of rooms) write(file, 'export {};\n');
  for (const [, file, target] of offences) write(file, `import '${target}';\n`);
  for (const [file, target] of allowed) write(file, `import '${target}';\n`);
  write('packages/core/src/forms/index.ts', "export type { A } from '../alerts/raise.ts';\n");
  write('packages/core/src/forms/a.ts', "import type { A } from '../alerts/raise.ts';\n");
  write('packages/core/src/forms/b.ts', "export * from '../alerts/raise.ts';\n");
  write('packages/core/src/forms/c.ts', "export const load = () => import('../alerts/raise.ts');\n");
  write(
    'packages/core/src/forms/d.tsx',
    "import { type A, b } from '../alerts/raise.ts';\nexport const C = () => <b title={b as A} />;\n",
  );
  write('packages/core/src/forms/e.ts', "export type A = import('../alerts/raise.ts').A;\n");
  write('packages/core/src/forms/f.ts', '// The name is enough: @muster/lab\n');
  write('packages/edge/src/ring-a.ts', "import './ring-b.ts';\n");
  write('packages/edge/src/ring-b.ts', "import './ring-a.ts';\n");
  linkPackages();
  findings = await checkBoundaries(root, home);
});

after(() => rmSync(root, { recursive: true, force: true }));

for (const [rule, file, target] of offences) {
  test(`${file} may not import ${target}`, () => {
    assert.ok(
      findings.some((finding) => finding.startsWith(`${rule}: ${file} → `)),
      `${rule} did not report ${file}`,
    );
  });
}

test('every way to write an import is seen', () => {
  const form = /^capability: packages\/core\/src\/forms\/(\S+)/;
  const seen = findings.map((finding) => form.exec(finding)?.[1]).filter((name) => name !== undefined);
  assert.deepEqual(seen.sort(), ['a.ts', 'b.ts', 'c.ts', 'd.tsx', 'index.ts']);
  assert.ok(findings.some((finding) => finding.startsWith('unseen-import: packages/core/src/forms/e.ts')));
});

test('shared packages may not name a solution, not even in a comment', () => {
  assert.ok(findings.includes('core-names-no-solution: packages/core/src/forms/f.ts → @muster/lab'));
});

test('files may not import each other in a circle', () => {
  assert.ok(findings.some((finding) => finding.startsWith('no-cycles: packages/edge/src/ring-')));
});

test('what the table allows is not reported', () => {
  const files = new Set(allowed.map(([file]) => file));
  assert.deepEqual(
    findings.filter((finding) => files.has(finding.split(' ')[1] ?? '')),
    [],
  );
});

test('every rule of the configuration was tried', () => {
  const tried = new Set([...offences.map(([rule]) => rule), 'no-cycles']);
  assert.deepEqual(
    forbidden.map(({ name }) => name).filter((name) => !tried.has(name)),
    [],
  );
  assert.equal(tried.size, forbidden.length);
});

/** @param {string} file @param {string} text */
function write(file, text) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

/** The real packages' manifests, so that what they export is what is tried. */
function linkPackages() {
  for (const folder of ['packages', 'solutions']) {
    for (const name of readdirSync(join(root, folder))) {
      cpSync(join(home, folder, name, 'package.json'), join(root, folder, name, 'package.json'));
      mkdirSync(join(root, 'node_modules/@muster'), { recursive: true });
      symlinkSync(join(root, folder, name), join(root, 'node_modules/@muster', name));
    }
  }
  for (const name of ['typebox', 'pg']) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
    write(`node_modules/${name}/index.js`, '');
  }
}
