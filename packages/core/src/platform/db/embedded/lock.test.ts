import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { lock } from './lock.ts';
import { temporary } from './testing.ts';

test('a lock is held once, and free again after it was given back', async (t) => {
  const directory = temporary(t);
  const release = await lock(directory);
  await assert.rejects(lock(directory), { code: 'conflict' });
  release();
  (await lock(directory))();
  assert.deepEqual(readdirSync(directory), []);
});

test('what a killed server left is no lock, even when its number belongs to somebody else now', async (t) => {
  const directory = temporary(t);
  writeFileSync(join(directory, 'lock.4194305.0123456789abcdef'), '');
  writeFileSync(join(directory, `lock.${process.ppid}.0123456789abcdef`), '');
  const release = await lock(directory);
  assert.equal(readdirSync(directory).length, 1);
  release();
});
