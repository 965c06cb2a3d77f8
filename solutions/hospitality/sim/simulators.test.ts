import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '@muster/edge/random';
import { checkSimulator } from '@muster/edge/simulate/check-simulator';
import { hospitality } from '../src/solution.ts';
import { simulators } from './simulators.ts';
import { tablet } from './tablet.ts';

const DAY = 2880;
/** A day of one tablet, every 30 s. */
const dayOf = (device: number) => {
  const signal = tablet(createRandom(5, device), device);
  return Array.from({ length: DAY }, (_, index) => signal(1.79e12 + index * 30_000, index + 1));
};

test('every device type has a simulator that measures what the type declares, for two days', () => {
  const checked = hospitality.deviceTypes.map((type) => {
    const source = simulators[type.id];
    assert.ok(source, `${type.id} has no simulator`);
    assert.deepEqual(checkSimulator(type, source, 25, 2 * DAY), []);
    return type.id;
  });
  assert.equal(checked.length, 1);
  assert.deepEqual(Object.keys(simulators).sort(), checked.sort());
});

test('a tablet discharges slowly while it is not docked and charges while it is', () => {
  for (let device = 0; device < 20; device++) {
    const day = dayOf(device);
    assert.deepEqual(new Set(day.map(({ charging }) => charging)), new Set([true, false]));
    day.slice(1).forEach(({ battery, charging }, index) => {
      const before = day[index];
      if (before?.charging !== charging) return;
      const change = Number(battery) - Number(before?.battery);
      assert.ok(charging ? change === 0 || change === 1 : change === 0 || change === -1, `${change}`);
    });
  }
});

test('a tablet roams between its own access point and the neighbouring ones, which its neighbours hear too', () => {
  const days = [8, 9, 12].map(dayOf);
  const heard = days.map((day) => new Set(day.map(({ bssid }) => bssid)));
  assert.ok(heard.every((bssids) => bssids.size === 3));
  assert.deepEqual([...(heard[0] ?? [])].sort(), [...(heard[1] ?? [])].sort());
  assert.equal([...(heard[0] ?? [])].filter((bssid) => heard[2]?.has(bssid)).length, 2);
  assert.match(String([...(heard[0] ?? [])][0]), /^a6(:[0-9a-f]{2}){5}$/);
});

test('uptime counts seconds', () => {
  const [first, second] = dayOf(1);
  assert.equal(Number(second?.uptime) - Number(first?.uptime), 30);
});
