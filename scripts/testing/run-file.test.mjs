import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runFile } from './run-file.mjs';

const root = mkdtempSync(join(tmpdir(), 'muster-run-file-'));
after(() => rmSync(root, { recursive: true, force: true }));

let count = 0;

/** @param {string} text @param {number} [timeoutMs] */
function run(text, timeoutMs) {
  const file = `file-${++count}.test.mjs`;
  writeFileSync(
    join(root, file),
    `import { test, describe, before } from 'node:test';\nimport assert from 'node:assert/strict';\n${text}`,
  );
  return runFile(root, file, { TEST_ROOT: root }, timeoutMs);
}

test('tests that pass are counted, suites are not', async () => {
  const outcome = await run(
    `test('one', () => {}); describe('suite', () => { test('two', () => {}); test('three', () => {}); });`,
  );
  assert.deepEqual(outcome, { passed: 3, failures: [], skips: [], notes: [], unfinished: [] });
});

test('a failure carries its place, its full name and what went wrong', async () => {
  const outcome = await run(`describe('suite', () => {\n test('two', () => assert.equal(1, 2)); });`);
  assert.equal(outcome.passed, 0);
  assert.equal(outcome.failures.length, 1);
  assert.match(outcome.failures[0]?.title ?? '', /^file-\d+\.test\.mjs:4 {2}suite › two$/);
  assert.match(outcome.failures[0]?.detail ?? '', /1 !== 2/);
  assert.doesNotMatch(outcome.failures[0]?.detail ?? '', /node:internal/);
});

test('skipped and unfinished work is named with its reason', async () => {
  const outcome = await run(
    `test('a', { skip: 'no moon' }, () => {}); test('b', { todo: 'later' }, () => { throw new Error('x'); });`,
  );
  assert.deepEqual(
    outcome.skips.map(({ reason }) => reason),
    ['no moon', 'later'],
  );
  assert.equal(outcome.failures.length, 0);
});

test('a failing hook is a failure', async () => {
  const outcome = await run(
    `describe('s', () => { before(() => { throw new Error('no database'); }); test('t', () => {}); });`,
  );
  assert.ok(outcome.failures.length > 0);
  assert.match(outcome.failures.map(({ detail }) => detail).join(), /no database/);
});

test('a file that cannot be loaded has failed and shows why', async () => {
  const outcome = await run(`import './missing.mjs'; test('t', () => {});`);
  assert.equal(outcome.failures.length, 1);
  assert.match(outcome.failures[0]?.detail ?? '', /missing\.mjs/);
});

test('a file that declares no test has failed', async () => {
  const outcome = await run('');
  assert.match(outcome.failures[0]?.detail ?? '', /declares no test/);
});

test('a file that ends itself before its tests are done has failed', async () => {
  const outcome = await run(`test('a', () => {}); test('b', async () => { process.exit(0); });`);
  assert.equal(outcome.failures.length, 1);
});

test('a crash outside of any test is a failure', async () => {
  const outcome = await run(`test('a', () => {}); process.kill(process.pid, 'SIGSEGV');`);
  assert.match(outcome.failures[0]?.detail ?? '', /code 139/);
});

test('a test that hangs is ended and named', async () => {
  const outcome = await run(
    `test('fast', () => {}); test('waits for ever', () => new Promise(() => setInterval(() => {}, 1000)));`,
    1_500,
  );
  assert.equal(outcome.failures.length, 1);
  assert.match(outcome.failures[0]?.detail ?? '', /did not end in time; still running: waits for ever/);
});

test('a loop that never ends does not hide what came before it', async () => {
  const outcome = await run(
    `test('a', () => {}); test('b', () => assert.fail('x')); test('endless', async () => { await new Promise(setImmediate); for (;;); });`,
    1_500,
  );
  assert.equal(outcome.passed, 1);
  assert.deepEqual(
    outcome.failures.map(({ title }) => title.split('  ')[1]),
    ['b', undefined],
  );
});

test('a file that something keeps alive after its tests has failed', async () => {
  const outcome = await run(`test('fast', () => {}); setInterval(() => {}, 1000);`, 1_500);
  assert.match(outcome.failures[0]?.detail ?? '', /something keeps the process alive/);
});

test('a process left behind is ended and noted', {
  skip: process.platform !== 'linux' && 'only Linux shows the environment of a process',
}, async () => {
  const outcome = await run(`import { spawn } from 'node:child_process'; import { writeFileSync } from 'node:fs';
    test('t', () => {
      const child = spawn('sleep', ['100'], { detached: true, stdio: 'ignore' });
      child.unref();
      writeFileSync(process.env.TEST_ROOT + '/pid', String(child.pid));
    });`);
  assert.equal(outcome.passed, 1);
  assert.match(outcome.notes[0] ?? '', /left a process running: sleep 100/);
  // A container without an init keeps the ended process as a zombie, whose command line is empty.
  const command = `/proc/${readFileSync(join(root, 'pid'), 'utf8')}/cmdline`;
  assert.equal(existsSync(command) ? readFileSync(command, 'utf8') : '', '');
});
