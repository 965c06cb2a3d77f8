import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitFor } from './back-off.ts';

const backOff = { firstMs: 100, maximumMs: 2000 };

test('the wait doubles with every failure up to its maximum', () => {
  const longest = [0, 1, 2, 3, 4, 5, 6, 1000, Number.POSITIVE_INFINITY].map((failures) =>
    waitFor(failures, backOff, () => 1),
  );
  assert.deepEqual(longest, [100, 200, 400, 800, 1600, 2000, 2000, 2000, 2000]);
});

test('half of the wait is drawn', () => {
  assert.equal(
    waitFor(2, backOff, () => 0),
    200,
  );
  assert.equal(
    waitFor(2, backOff, () => 0.5),
    300,
  );
});
