import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';

const place = mkdtempSync(join(tmpdir(), 'muster-launch-'));
after(() => rmSync(place, { recursive: true, force: true }));

const launcher = join(place, 'launcher.mjs');
writeFileSync(
  launcher,
  `import { launch } from ${JSON.stringify(new URL('./launch.mjs', import.meta.url).href)};
   process.exit(await launch(process.execPath, process.argv.slice(2)));`,
);

/** Says what it hears and ends 100 ms after the first wish; told to be stubborn, it never ends. */
const server = join(place, 'server.mjs');
writeFileSync(
  server,
  `const hear = (what) => { console.log(what); if (!process.argv.includes('stubborn')) setTimeout(() => process.exit(0), 100); };
   for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, hear);
   process.on('disconnect', () => hear('disconnect'));
   console.log(process.pid);`,
);

/** @param {...string} args */
async function start(...args) {
  const child = spawn(process.execPath, [launcher, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => (await lines.next()).value;
  return { child, next, ended: once(child, 'close'), pid: Number(await next()) };
}

for (const [given, heard] of /** @type {const} */ ([
  ['SIGINT', 'SIGINT'],
  ['SIGTERM', 'SIGTERM'],
  ['SIGHUP', 'SIGTERM'],
])) {
  test(`${given} reaches the program once, as ${heard}, and its end is awaited`, async () => {
    const { child, next, ended } = await start(server);
    child.kill(given);
    child.kill(given);
    assert.equal(await next(), heard);
    assert.equal(await next(), undefined);
    assert.deepEqual(await ended, [0, null]);
  });
}

test('a program that ignores a second wish is killed', async () => {
  const { child, next, ended } = await start(server, 'stubborn');
  child.kill('SIGINT');
  assert.equal(await next(), 'SIGINT');
  const again = setInterval(() => child.kill('SIGINT'), 600);
  assert.equal(await next(), 'SIGINT');
  clearInterval(again);
  assert.deepEqual(await ended, [137, null]);
});

test('a program whose launcher was killed outright is told', async () => {
  const { child, next, pid } = await start(server);
  child.kill('SIGKILL');
  assert.equal(await next(), 'disconnect');
  assert.equal(await next(), undefined);
  assert.ok(pid > 0);
});

test('the exit code is handed on', async () => {
  const failing = join(place, 'failing.mjs');
  writeFileSync(failing, 'console.log(process.pid); process.exitCode = 7;');
  const { ended } = await start(failing);
  assert.deepEqual(await ended, [7, null]);
});
