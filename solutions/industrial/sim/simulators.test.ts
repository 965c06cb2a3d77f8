import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '@muster/edge/random';
import { checkSimulator } from '@muster/edge/simulate/check-simulator';
import { pressureStation as type } from '../src/device-types/pressure-station.ts';
import { industrial } from '../src/solution.ts';
import { pressureStation } from './pressure-station.ts';
import { simulators } from './simulators.ts';

test('every device type has a simulator that measures what the type declares, for two hours', () => {
  const checked = industrial.deviceTypes.map((type) => {
    const source = simulators[type.id];
    assert.ok(source, `${type.id} has no simulator`);
    assert.deepEqual(checkSimulator(type, source, 25, 2 * 3600), []);
    return type.id;
  });
  assert.equal(checked.length, 1);
  assert.deepEqual(Object.keys(simulators).sort(), checked.sort());
});

test('stations are within their limits almost always, and beyond the high one now and then', () => {
  const { limits } = type.metrics.p1;
  let high = 0;
  let all = 0;
  for (let device = 0; device < 50; device++) {
    const signal = pressureStation(createRandom(3, device), device);
    for (let second = 0; second < 7200; second++) {
      const { p1 = 0, p2 = 0, p3 = 0 } = signal(second * 1000, second + 1) as Record<string, number>;
      all++;
      if (p1 > limits.high) high++;
      assert.ok(p1 >= limits.low && p2 >= 1 && p2 <= 4 && p3 >= 200 && p3 <= 800, `${p1} ${p2} ${p3}`);
    }
  }
  assert.ok(high > all / 10_000 && high < all / 20, `${high} of ${all}`);
});

test('the test line is pumped up, holds for a minute and is vented, again and again', () => {
  const signal = pressureStation(createRandom(1, 1), 1);
  const p3 = Array.from({ length: 1200 }, (_, second) => Number(signal(second * 1000, second + 1).p3));
  const held = p3.map((value) => value > 600);
  const tests = held.filter((on, second) => on && !held[second - 1]).length;
  assert.ok(tests >= 5 && tests <= 12, `${tests}`);
  const seconds = held.filter(Boolean).length / tests;
  assert.ok(seconds > 50 && seconds < 70, `${seconds}`);
});
