import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSeriesBuffer } from './series-buffer.ts';

test('values that fit are kept as they came, late ones in their place', () => {
  const buffer = createSeriesBuffer(1000, 1000);
  for (const ts of [5000, 1000, 3000, 3400, 2000]) buffer.add(ts, ts / 1000);
  assert.deepEqual(
    buffer.samples().map((sample) => sample.ts),
    [1000, 2000, 3000, 3400, 5000],
  );
  assert.deepEqual(buffer.last(), { ts: 5000, value: 5 });
});

test('a step keeps its lowest, its highest and its newest value', () => {
  const buffer = createSeriesBuffer(1000, 1000);
  for (const [ts, value] of [
    [0, 5],
    [100, 9],
    [200, 6],
    [300, 1],
    [400, 4],
    [500, 5],
  ] as const) {
    buffer.add(ts, value);
  }
  assert.deepEqual(
    buffer.samples().map((sample) => sample.value),
    [9, 1, 5],
  );
});

test('ten values a second for ten hours stay as small as the window', () => {
  const window = 15 * 60_000;
  const step = window / 800;
  const buffer = createSeriesBuffer(step, 1700);
  let largest = 0;
  for (let ts = 0; ts < 10 * 3_600_000; ts += 100) {
    buffer.add(ts, Math.sin(ts / 7000));
    if (ts % 1000 === 0) buffer.dropBefore(ts - window);
    if (ts % 60_000 === 0) largest = Math.max(largest, buffer.size());
  }
  assert.ok(largest <= 3 * 803, `${largest} samples`);
  const samples = buffer.samples();
  assert.ok((samples[0]?.ts ?? 0) > 10 * 3_600_000 - window - 2 * step - 1000);
});

test('one sample before the window stays, so that the line enters from the edge', () => {
  const buffer = createSeriesBuffer(1000, 1000);
  for (let ts = 0; ts <= 10_000; ts += 1000) buffer.add(ts, 1);
  buffer.dropBefore(6500);
  assert.equal(buffer.samples()[0]?.ts, 5000);
});

test('more buckets than allowed push the oldest out', () => {
  const buffer = createSeriesBuffer(1, 100);
  for (let ts = 0; ts < 5000; ts++) buffer.add(ts, ts);
  assert.equal(buffer.size(), 100);
  assert.equal(buffer.samples()[0]?.ts, 4900);
});

test('an empty buffer has no last sample', () => {
  assert.equal(createSeriesBuffer(1000, 10).last(), null);
});
