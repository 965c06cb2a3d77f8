import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tileRows } from './tile-rows.ts';

const size = (n: number) => n;

test('rows are of alike length, in order', () => {
  const rows = tileRows([9, 8, 7, 6, 5], size, 4);
  assert.deepEqual(
    rows.map((row) => row.map(({ tile }) => tile)),
    [
      [9, 8, 7],
      [6, 5],
    ],
  );
});

test('the larger is the wider, within bounds', () => {
  const [row] = tileRows([100, 36, 0], size, 3);
  assert.deepEqual(
    row?.map(({ weight }) => weight),
    [10, 6, 5],
  );
});

test('a narrow screen shows one tile after the other', () => {
  assert.equal(tileRows([1, 2, 3], size, 0).length, 3);
  assert.deepEqual(tileRows([], size, 3), []);
});
