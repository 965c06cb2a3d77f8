import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, spread } from './spread.ts';

test('percentiles are values that were measured, by nearest rank', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  assert.deepEqual(spread(values), { count: 100, p50: 50, p95: 95, p99: 99, max: 100 });
  assert.equal(median([3, 1, 2]), 2);
});

test('nothing measured has no percentile', () => {
  assert.deepEqual(spread([]), { count: 0, p50: Number.NaN, p95: Number.NaN, p99: Number.NaN, max: Number.NaN });
});
