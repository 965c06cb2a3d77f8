import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Metric } from '../../../chart/metric.ts';
import { tileState, worstMetric } from './tile-state.ts';

const p2: Metric = {
  name: 'p2',
  title: 'P2',
  kind: 'number',
  unit: 'bar',
  range: [0, 5],
  limits: { lowLow: 0.5, low: 1, high: 4, highHigh: 4.5 },
  decimals: 2,
};
const now = 1_000_000;

test('a fresh value is judged by its limits', () => {
  assert.deepEqual(tileState(p2, { value: 0.94, ts: now - 400, quality: 'good' }, 1000, now), {
    condition: 'good',
    old: false,
    limit: 'low',
  });
  assert.deepEqual(tileState(p2, { value: 2, ts: now, quality: 'uncertain' }, 1000, now), {
    condition: 'uncertain',
    old: false,
    limit: 'normal',
  });
});

test('an old value is stale and raises nothing', () => {
  assert.deepEqual(tileState(p2, { value: 0.1, ts: now - 48_000, quality: 'good' }, 1000, now), {
    condition: 'stale',
    old: true,
    limit: 'normal',
  });
});

test('a bad value is no process value, however it stands to the limits', () => {
  assert.deepEqual(tileState(p2, { value: 99, ts: now, quality: 'bad' }, 1000, now), {
    condition: 'bad',
    old: false,
    limit: 'normal',
  });
  assert.equal(tileState(p2, { value: 99, ts: now - 60_000, quality: 'bad' }, 1000, now).old, true);
});

test('what was never heard, and what is no number', () => {
  assert.equal(tileState(p2, null, 1000, now).condition, 'none');
  assert.deepEqual(tileState({ ...p2, kind: 'string' }, { value: 'idle', ts: now, quality: 'good' }, 1000, now), {
    condition: 'good',
    old: false,
    limit: 'normal',
  });
});

test('the metric to look at first is the one that is furthest beyond its limits', () => {
  const p1 = { ...p2, name: 'p1', limits: { low: 1, high: 4 } };
  const free = { ...p2, name: 'free', limits: null };
  const worst = (values: Record<string, number>) => {
    const get = (name: string) => ({ value: values[name] ?? 0, ts: now, quality: 'good' as const });
    return worstMetric([free, p1, p2], { get }, 1000, now);
  };
  assert.equal(worst({ p1: 2, p2: 2 }), 'p1');
  assert.equal(worst({ p1: 2, p2: 0.9 }), 'p2');
  assert.equal(worst({ p1: 0.9, p2: 0.1 }), 'p2');
  assert.equal(worstMetric([free], { get: () => null }, 1000, now), null);
});
