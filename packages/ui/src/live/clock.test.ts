import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClockMeter } from './clock.ts';
import { createDelayMeter } from './delays.ts';

test('the offset is the median of the pings, so that one slow answer does not move it', () => {
  const clock = createClockMeter();
  assert.equal(clock.offset(), 0);
  assert.equal(clock.roundTrip(), null);
  for (const sentAt of [1000, 2000, 3000, 4000]) clock.measured(sentAt, sentAt + 10, sentAt + 505);
  clock.measured(5000, 9000, 9000 + 500);
  assert.equal(clock.offset(), 500);
  assert.equal(clock.roundTrip(), 10);
});

test('only the newest pings count, so that a clock that was set is followed', () => {
  const clock = createClockMeter();
  for (let n = 0; n < 20; n++) clock.measured(n, n, n);
  for (let n = 0; n < 9; n++) clock.measured(n, n, n + 60_000);
  assert.equal(clock.offset(), 60_000);
});

test('the delay is the middle of the last ten seconds and never negative', () => {
  const delays = createDelayMeter();
  assert.equal(delays.typical(0), null);
  for (const delay of [30, 40, 5000]) delays.add(delay, 1000);
  assert.equal(delays.typical(2000), 40);
  assert.equal(delays.typical(11_001), null);
  delays.add(-3, 12_000);
  assert.equal(delays.typical(12_000), 0);
});
