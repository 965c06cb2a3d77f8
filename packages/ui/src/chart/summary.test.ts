import assert from 'node:assert/strict';
import { test } from 'node:test';
import { summarize } from './summary.ts';

test('a summary counts only what is in the window', () => {
  const samples = [
    { ts: 0, value: 99 },
    { ts: 10, value: 4 },
    { ts: 20, value: 2 },
    { ts: 30, value: 3 },
    { ts: 40, value: -99 },
  ];
  assert.deepEqual(summarize(samples, 10, 30), { lowest: 2, highest: 4, newest: 3 });
  assert.equal(summarize(samples, 50, 60), null);
});
