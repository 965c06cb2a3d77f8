import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clusterMarks } from './marks.ts';

test('marks that would cover each other become one, those outside are left out', () => {
  const marks = [-5, 10, 12, 50, 55, 64, 200].map((ts) => ({ ts, label: String(ts) }));
  const clusters = clusterMarks(marks, 0, 100, (ts) => ts * 2, 20);
  assert.deepEqual(
    clusters.map((cluster) => [cluster.x, cluster.marks.map((mark) => mark.ts)]),
    [
      [20, [10, 12]],
      [100, [50, 55]],
      [128, [64]],
    ],
  );
});
