import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { createDelayMeter } from './delay.ts';

test('ninety-nine of a hundred messages were faster than what the meter says', (t) => {
  const meter = createDelayMeter();
  t.after(meter.stop);
  assert.equal(meter.p99(), null, 'nothing was sent');
  for (let message = 0; message < 99; message++) meter.record(3);
  assert.equal(meter.p99(), 3);
  meter.record(90);
  assert.equal(meter.p99(), 3);
  meter.record(90);
  assert.equal(meter.p99(), 100);
});

test('a delay beyond every class, or below nothing when a clock was set back, is counted', (t) => {
  const meter = createDelayMeter();
  t.after(meter.stop);
  meter.record(-5);
  assert.equal(meter.p99(), 1);
  meter.record(10_000_000);
  assert.equal(meter.p99(), 60_000);
});

test('what is older than a minute is forgotten', (t) => {
  mock.timers.enable({ apis: ['setInterval'] });
  t.after(() => mock.timers.reset());
  const meter = createDelayMeter();
  t.after(meter.stop);
  meter.record(500);
  mock.timers.tick(50_000);
  assert.equal(meter.p99(), 500);
  meter.record(2);
  mock.timers.tick(10_000);
  assert.equal(meter.p99(), 2);
  mock.timers.tick(60_000);
  assert.equal(meter.p99(), null);
});
