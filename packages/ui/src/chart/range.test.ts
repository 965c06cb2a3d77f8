import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clampRange, isPreset, presets, shift, stepPreset, windowOf, zoom } from './range.ts';

const now = Date.UTC(2026, 10, 21, 14, 0, 0);

test('a preset ends now, a fixed range stays where it is', () => {
  assert.deepEqual(windowOf('15m', now), { from: now - presets['15m'], to: now });
  assert.deepEqual(windowOf({ from: 1, to: 2 }, now), { from: 1, to: 2 });
});

test('zooming keeps the middle and never reaches into the future', () => {
  const range = { from: now - 4000, to: now - 2000 };
  assert.deepEqual(zoom(range, 2, now), { from: now - 5000, to: now - 1000 });
  assert.deepEqual(zoom(range, 4, now), { from: now - 8000, to: now });
  assert.deepEqual(zoom(range, 0.01, now), { from: now - 3500, to: now - 2500 });
});

test('moving keeps the length', () => {
  const range = { from: now - 10_000, to: now - 6000 };
  assert.deepEqual(shift(range, -0.5, now), { from: now - 12_000, to: now - 8000 });
  assert.deepEqual(shift(range, 5, now), { from: now - 4000, to: now });
});

test('a range typed the wrong way round becomes the shortest one', () => {
  const { from, to } = clampRange({ from: now - 1000, to: now - 5000 }, now);
  assert.equal(to - from, 1000);
});

test('stepping goes to the neighbour preset and stops at the ends', () => {
  assert.equal(stepPreset('15m', 1, now), '1h');
  assert.equal(stepPreset('1m', -1, now), '1m');
  assert.equal(stepPreset('1y', 1, now), '1y');
  assert.equal(stepPreset({ from: now - 70 * 60_000, to: now }, -1, now), '15m');
});

test('only the names of presets are presets', () => {
  assert.equal(isPreset('24h'), true);
  assert.equal(isPreset('toString'), false);
  assert.equal(isPreset(15), false);
});
