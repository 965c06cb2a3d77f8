import assert from 'node:assert/strict';
import { test } from 'node:test';
import { between, createRandom, exponential, gaussian, pick } from './random.ts';

const take = (count: number, next: () => number) => Array.from({ length: count }, next);
const mean = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

test('the same seed gives the same numbers', () => {
  assert.deepEqual(take(100, createRandom(7, 3, 1)), take(100, createRandom(7, 3, 1)));
});

test('seeds, devices and streams each give other numbers, seeds above 32 bits too', () => {
  const firsts = [
    [7, 3, 1],
    [8, 3, 1],
    [7 + 2 ** 32, 3, 1],
    [7, 4, 1],
    [7, 3, 2],
    [3, 7, 1],
  ].map(([seed, device, stream]) => take(4, createRandom(seed ?? 0, device, stream)).join());
  assert.equal(new Set(firsts).size, 6);
});

test('ten thousand devices of one seed have ten thousand streams', () => {
  const firsts = Array.from({ length: 10_000 }, (_, device) => take(2, createRandom(1, device)).join());
  assert.equal(new Set(firsts).size, 10_000);
});

test('numbers fill [0, 1) evenly', () => {
  const numbers = take(20_000, createRandom(1));
  const tenths = Array.from({ length: 10 }, (_, tenth) => numbers.filter((n) => Math.floor(n * 10) === tenth).length);
  assert.ok(numbers.every((number) => number >= 0 && number < 1));
  assert.ok(
    tenths.every((count) => count > 1800 && count < 2200),
    tenths.join(),
  );
});

test('gaussian numbers have mean 0 and deviation 1, exponential ones their mean', () => {
  const random = createRandom(2);
  const normal = take(20_000, () => gaussian(random));
  assert.ok(Math.abs(mean(normal)) < 0.03);
  assert.ok(Math.abs(mean(normal.map((n) => n * n)) - 1) < 0.05);
  assert.ok(Math.abs(mean(take(20_000, () => exponential(random, 50))) - 50) < 2);
});

test('between and pick stay within what they are given', () => {
  const random = createRandom(3);
  assert.ok(take(1000, () => between(random, -2, 5)).every((number) => number >= -2 && number < 5));
  assert.deepEqual(new Set(take(1000, () => pick(random, [1, 2, 3]))), new Set([1, 2, 3]));
});
