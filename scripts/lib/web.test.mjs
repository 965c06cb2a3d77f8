import assert from 'node:assert/strict';
import { readdirSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { standIn } from './stand-in.mjs';
import { buildWeb, webIsReady } from './web.mjs';

/** Stands in for vite: writes the page it is asked for, or fails when the page says so. */
const vite = `const fs = require('node:fs'); const out = process.argv[process.argv.indexOf('--outDir') + 1];
const page = fs.readFileSync('index.html', 'utf8'); if (page === 'broken') { console.error('no such module'); process.exit(1); }
fs.mkdirSync(out, { recursive: true }); fs.writeFileSync(out + '/index.html', page);`;

async function builtTree() {
  const tree = standIn({
    'package-lock.json': {},
    'apps/web/package.json': {},
    'apps/web/index.html': 'one',
    'packages/ui/src/a.tsx': 'a',
    'solutions/lab/web/b.tsx': 'b',
    'solutions/lab/server/c.ts': 'c',
    'node_modules/vite/package.json': { name: 'vite' },
    'node_modules/vite/bin/vite.js': vite,
    '.cache/keep': '',
  });
  assert.equal(webIsReady(tree.root), false);
  await buildWeb(tree.root, process.execPath);
  return tree;
}

test('what was built is used until a source changes', async () => {
  const { root, write, remove } = await builtTree();
  assert.equal(webIsReady(root), true);
  write('solutions/lab/server/c.ts', 'changed');
  write('packages/ui/src/a.test.ts', 'new');
  assert.equal(webIsReady(root), true);
  for (const file of [
    'packages/ui/src/a.tsx',
    'solutions/lab/web/b.tsx',
    'package-lock.json',
    'solutions/lab/web/new.tsx',
  ]) {
    write(file, 'changed');
    assert.equal(webIsReady(root), false, file);
    await buildWeb(root, process.execPath);
    assert.equal(webIsReady(root), true, file);
  }
  remove();
});

test('a file that was only touched does not cause a build', async () => {
  const { root, remove } = await builtTree();
  utimesSync(join(root, 'packages/ui/src/a.tsx'), new Date(0), new Date(0));
  assert.equal(webIsReady(root), true);
  remove();
});

test('a build that fails says why and leaves the old one in place', async () => {
  const { root, write, remove } = await builtTree();
  write('apps/web/index.html', 'broken');
  await assert.rejects(buildWeb(root, process.execPath), /no such module/);
  assert.equal(readFileSync(join(root, 'apps/web/dist/index.html'), 'utf8'), 'one');
  assert.deepEqual(readdirSync(join(root, '.cache')), ['keep']);
  remove();
});
