import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchesOf } from './batches.ts';

const names = (count: number, length = 4) => Array.from({ length: count }, (_, i) => `m${i}`.padEnd(length, 'x'));

test('no request names more than 50 metrics, and each is asked for once', () => {
  for (const count of [0, 1, 50, 51, 200]) {
    const batches = batchesOf(names(count)).map((batch) => batch.split(','));
    assert.equal(batches.length, Math.ceil(count / 50));
    assert.ok(batches.every((batch) => batch.length <= 50));
    assert.deepEqual(batches.flat(), names(count));
  }
});

test('long names make shorter lists', () => {
  const batches = batchesOf(names(60, 120));
  assert.ok(batches.every((batch) => batch.length <= 3500));
  assert.deepEqual(
    batches.flatMap((batch) => batch.split(',')),
    names(60, 120),
  );
});
