import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addStretch,
  findGaps,
  gapThreshold,
  intersect,
  medianSpacing,
  type Stretch,
  subtract,
  within,
} from './gaps.ts';

const every = (from: number, to: number, step: number): number[] => {
  const times: number[] = [];
  for (let ts = from; ts <= to; ts += step) times.push(ts);
  return times;
};

test('a silence longer than three intervals is a gap, three intervals are not', () => {
  const times = [...every(0, 10_000, 1000), ...every(13_000, 20_000, 1000), ...every(24_000, 30_000, 1000)];
  assert.deepEqual(findGaps(times, 0, 30_000, gapThreshold(1000, 0)), [[20_000, 24_000]]);
});

test('silence before the first and after the last value is a gap too', () => {
  assert.deepEqual(findGaps(every(50_000, 60_000, 1000), 0, 90_000, 3000), [
    [0, 50_000],
    [60_000, 90_000],
  ]);
  assert.deepEqual(findGaps([], 0, 90_000, 3000), [[0, 90_000]]);
  assert.deepEqual(findGaps(every(0, 90_000, 1000), 0, 90_500, 3000), []);
});

test('a value outside the window closes a gap at its edge', () => {
  assert.deepEqual(findGaps([-1000, 1500, 3000, 5000], 0, 4500, 3000), []);
  assert.deepEqual(findGaps([-60_000, 2500, 4000], 0, 4500, 3000), [[0, 2500]]);
  assert.deepEqual(findGaps([0, 100_000], 0, 50_000, 3000), [[0, 50_000]]);
});

test('a bucket wider than the interval decides what a gap is', () => {
  assert.equal(gapThreshold(1000, 60_000), 180_000);
  assert.equal(gapThreshold(1000, 0), 3000);
  assert.equal(gapThreshold(1000, 0, 5000), 15_000);
});

test('the usual spacing is not disturbed by an outage', () => {
  assert.equal(medianSpacing([0, 1000, 2000, 3000, 900_000, 901_000]), 1000);
  assert.equal(medianSpacing([0, 1000]), 0);
});

test('only what all series miss is without data', () => {
  const a: Stretch[] = [
    [0, 10],
    [20, 40],
    [60, 70],
  ];
  assert.deepEqual(intersect(a, [[5, 65]]), [
    [5, 10],
    [20, 40],
    [60, 65],
  ]);
  assert.deepEqual(intersect(a, []), []);
});

test('stretches that touch become one, wherever they come in', () => {
  const stretches: Stretch[] = [];
  addStretch(stretches, 100, 110, 5);
  addStretch(stretches, 10, 20, 5);
  addStretch(stretches, 24, 30, 5);
  assert.deepEqual(stretches, [
    [10, 30],
    [100, 110],
  ]);
  addStretch(stretches, 31, 99, 5);
  assert.deepEqual(stretches, [[10, 110]]);
  assert.equal(within(stretches, 50), true);
  assert.equal(within(stretches, 111), false);
});

test('what bad values cover is no gap', () => {
  assert.deepEqual(
    subtract(
      [
        [0, 10],
        [20, 30],
      ],
      [
        [5, 7],
        [9, 22],
        [29, 40],
      ],
    ),
    [
      [0, 5],
      [7, 9],
      [22, 29],
    ],
  );
  assert.deepEqual(subtract([[0, 10]], [[0, 10]]), []);
  assert.deepEqual(subtract([[0, 10]], []), [[0, 10]]);
});
