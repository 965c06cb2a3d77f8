import assert from 'node:assert/strict';
import { test } from 'node:test';
import { align, nearest } from './align.ts';

const samples = (...points: [number, number][]) => points.map(([ts, value]) => ({ ts, value }));

test('series of different times share one axis', () => {
  assert.deepEqual(
    align([
      { samples: samples([0, 1], [1000, 2]), gaps: [], bad: [] },
      { samples: samples([0, 5], [500, 6], [1000, 7]), gaps: [], bad: [] },
    ]),
    [
      [0, 500, 1000],
      [1, undefined, 2],
      [5, 6, 7],
    ],
  );
});

test('a gap breaks only the line that has it', () => {
  assert.deepEqual(
    align([
      { samples: samples([0, 1], [8000, 2]), gaps: [[0, 8000]], bad: [] },
      { samples: samples([0, 5], [4000, 6], [8000, 7]), gaps: [], bad: [] },
    ]),
    [
      [0, 4000, 8000],
      [1, null, 2],
      [5, 6, 7],
    ],
  );
});

test('a bad stretch breaks the line, and an edge without a neighbour adds nothing', () => {
  assert.deepEqual(
    align([
      {
        samples: samples([2000, 1], [4000, 2]),
        gaps: [
          [0, 2000],
          [4000, 9000],
        ],
        bad: [[2900, 3100]],
      },
    ]),
    [
      [2000, 3000, 4000],
      [1, null, 2],
    ],
  );
});

test('no series make an empty axis', () => {
  assert.deepEqual(align([]), [[]]);
  assert.deepEqual(align([{ samples: [], gaps: [[0, 10]], bad: [] }]), [[], []]);
});

test('the nearest sample is found on both sides and only within reach', () => {
  const list = samples([0, 1], [1000, 2], [5000, 3]);
  assert.equal(nearest(list, 400, 1000)?.value, 1);
  assert.equal(nearest(list, 600, 1000)?.value, 2);
  assert.equal(nearest(list, 9000, 4000)?.value, 3);
  assert.equal(nearest(list, 3000, 500), null);
  assert.equal(nearest([], 3000, 500), null);
});
