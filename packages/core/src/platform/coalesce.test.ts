import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coalesce } from './coalesce.ts';

test('keys asked for together are loaded together, each gets its own answer', async () => {
  const loads: number[][] = [];
  const double = coalesce<number, number>(async (keys) => {
    loads.push(keys);
    return keys.map((key) => key * 2);
  });
  const answers = await Promise.all([1, 2, 3].map(double));
  assert.deepEqual(answers, [2, 4, 6]);
  assert.deepEqual(loads, [[1, 2, 3]]);
  assert.equal(await double(4), 8);
  assert.equal(loads.length, 2);
});

test('a crowd is loaded in several goes', async () => {
  const sizes: number[] = [];
  const same = coalesce<number, number>(
    async (keys) => {
      sizes.push(keys.length);
      return keys;
    },
    { atMost: 100 },
  );
  const keys = Array.from({ length: 250 }, (_, key) => key);
  assert.deepEqual(await Promise.all(keys.map(same)), keys);
  assert.deepEqual(sizes, [100, 100, 50]);
});

test('a load that fails fails for all who asked, and the next is tried anew', async () => {
  let broken = true;
  const load = coalesce<string, string>(async (keys) => {
    if (broken) throw new Error('away');
    return keys;
  });
  const answers = await Promise.allSettled([load('a'), load('b')]);
  assert.deepEqual(
    answers.map((answer) => answer.status),
    ['rejected', 'rejected'],
  );
  broken = false;
  assert.equal(await load('a'), 'a');
});
