import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTurns } from './turns.ts';

/** Work that ends when it is told, and the order in which it began. */
function createWork() {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  return {
    begun,
    work: (name: string) => () =>
      new Promise<string>((resolve) => {
        begun.push(name);
        ends.push(() => resolve(name));
      }),
    async endNext() {
      ends.shift()?.();
      await new Promise((done) => setImmediate(done));
    },
  };
}

test('so many run at once, and those who wait are served in rounds', async () => {
  const { begun, work, endNext } = createWork();
  const inTurn = createTurns(2);
  const all = ['a1', 'a2', 'a3', 'a4', 'b1', 'c1', 'b2'].map((name) => inTurn(work(name), name[0]));
  assert.deepEqual(begun, ['a1', 'a2']);
  for (let left = all.length; left > 0; left--) await endNext();
  assert.deepEqual(begun, ['a1', 'a2', 'a3', 'b1', 'c1', 'a4', 'b2']);
  assert.deepEqual(await Promise.all(all), ['a1', 'a2', 'a3', 'a4', 'b1', 'c1', 'b2']);
});

test('when too many wait, whoever has most is sent away and nobody else', async () => {
  const { work, endNext } = createWork();
  const inTurn = createTurns(1, { most: 3, refusal: () => new Error('full') });
  const greedy = Array.from({ length: 6 }, (_, n) => inTurn(work(`a${n}`), 'a').catch((error: Error) => error.message));
  const other = inTurn(work('b'), 'b');
  for (let left = 7; left > 0; left--) await endNext();
  assert.equal(await other, 'b');
  assert.deepEqual(await Promise.all(greedy), ['a0', 'a1', 'a2', 'full', 'full', 'full']);
});

test('work that fails gives its place on', async () => {
  const inTurn = createTurns(1);
  await assert.rejects(
    inTurn(() => Promise.reject(new Error('no'))),
    /no/,
  );
  assert.equal(await inTurn(async () => 'next'), 'next');
});
