import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { acquire } from './mutex.mjs';

const place = mkdtempSync(join(tmpdir(), 'muster-mutex-'));
after(() => rmSync(place, { recursive: true, force: true }));

const none = () => [];
const unexpected = () => assert.fail('nobody should wait');

test('a second taker waits until the first gives the lock back', async () => {
  const path = join(place, 'a', 'lock');
  const release = await acquire(path, unexpected, none);
  /** @type {string[]} */
  const order = [];
  const second = acquire(
    path,
    (holder) => {
      order.push(holder);
      release();
    },
    none,
  );
  (await second)();
  assert.deepEqual(order, [`process ${process.pid}`]);
  assert.equal(existsSync(path), false);
});

test('the lock of a process that has died is taken over', async () => {
  const path = join(place, 'dead');
  const { pid } = spawnSync(process.execPath, ['--version']);
  writeFileSync(path, JSON.stringify({ pid, host: hostname(), at: 1, children: [] }));
  (await acquire(path, unexpected, none))();
});

test('a lock that nobody has touched for long is taken over, whoever wrote it', async () => {
  const path = join(place, 'foreign');
  writeFileSync(path, JSON.stringify({ pid: 1, host: 'elsewhere', at: 1, children: [] }));
  utimesSync(path, new Date(0), new Date(0));
  (await acquire(path, unexpected, none))();
});

test('what a dead holder has started is waited for', async () => {
  const path = join(place, 'orphan');
  const { pid } = spawnSync(process.execPath, ['--version']);
  const orphan = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  writeFileSync(path, JSON.stringify({ pid, host: hostname(), at: 1, children: [orphan.pid] }));
  let waited = false;
  const release = await acquire(
    path,
    () => {
      waited = true;
      orphan.kill();
    },
    none,
  );
  release();
  assert.equal(waited, true);
});
