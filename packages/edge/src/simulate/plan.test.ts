import assert from 'node:assert/strict';
import { test } from 'node:test';
import { activate, faultNames } from './faults.ts';
import { type DevicePlan, planDevice, planRun } from './plan.ts';

const all = activate(faultNames);

/** What a plan does in a thousand messages, one a second. */
const unrolled = (plan: DevicePlan) => ({
  ...plan,
  messages: Array.from({ length: 1000 }, (_, n) => [
    plan.isNan(),
    plan.overtakenBy(),
    plan.repeatAfter(),
    plan.awayFor(n * 1000),
  ]),
});
const text = (plan: DevicePlan) => JSON.stringify(unrolled(plan));
const share = (messages: unknown[][], which: number) => messages.filter((one) => Boolean(one[which])).length / 1000;

test('the same seed plans the same faults for the same device, another seed or device others', () => {
  assert.equal(text(planDevice(7, 3, all)), text(planDevice(7, 3, all)));
  assert.notEqual(text(planDevice(7, 3, all)), text(planDevice(7, 4, all)));
  assert.notEqual(text(planDevice(7, 3, all)), text(planDevice(8, 3, all)));
});

test('a fault plans the same alone and among others', () => {
  const alone = unrolled(planDevice(7, 3, activate(['duplicates'])));
  const among = unrolled(planDevice(7, 3, all));
  assert.deepEqual(
    alone.messages.map((one) => one[2]),
    among.messages.map((one) => one[2]),
  );
});

test('without faults nothing goes wrong', () => {
  const plan = unrolled(planDevice(7, 3, {}));
  assert.deepEqual([plan.skewMs, plan.stuckFrom, plan.outages], [0, Number.POSITIVE_INFINITY, false]);
  assert.deepEqual(new Set(plan.messages.flat()), new Set([false, 0]));
  const run = planRun(7, {});
  assert.deepEqual([run.stormFor(1e9), run.outageFor(1e9)], [0, 0]);
});

test('shares and lengths are what the parameters say', () => {
  const plans = Array.from({ length: 1000 }, (_, device) => planDevice(1, device, all));
  const concerned = (is: (plan: DevicePlan) => boolean) => plans.filter(is).length / 1000;
  const about = (share: number, expected: number) => assert.ok(Math.abs(share - expected) < 0.04, `${share}`);
  about(
    concerned((plan) => plan.skewMs !== 0),
    0.2,
  );
  about(
    concerned((plan) => plan.skewMs < 0),
    0.1,
  );
  about(
    concerned((plan) => plan.stuckFrom <= 60),
    0.1,
  );
  about(
    concerned((plan) => plan.outages),
    0.5,
  );
  assert.ok(
    plans.every(({ skewMs }) => skewMs === 0 || (Math.abs(skewMs) >= 60_000 && Math.abs(skewMs) <= 10_800_000)),
  );
  const { messages } = unrolled(planDevice(1, 1, all));
  about(share(messages, 0), 0.02);
  about(share(messages, 1), 0.1);
  about(share(messages, 2), 0.1);
  assert.ok(messages.every(([, overtaken, repeat]) => Number(overtaken) <= 3 && Number(repeat) <= 3));
  const away = messages.map((one) => Number(one[3])).filter((ms) => ms > 0);
  assert.ok(away.length > 8 && away.length < 30 && away.every((ms) => ms >= 500 && ms <= 5000), away.join());
});

test('storms and outages come again and again', () => {
  const run = planRun(7, all);
  const storms = Array.from({ length: 600 }, (_, second) => run.stormFor(second * 1000)).filter((ms) => ms > 0);
  const outages = Array.from({ length: 600 }, (_, second) => run.outageFor(second * 1000)).filter((ms) => ms > 0);
  assert.ok(storms.length >= 14 && storms.length <= 25 && storms.every((ms) => ms === 2000), storms.join());
  assert.ok(outages.length >= 6 && outages.length <= 12 && outages.every((ms) => ms === 15_000), outages.join());
});

test('a fault that does not exist is refused with the names of those that do', () => {
  assert.throws(() => activate(['locusts' as 'nan']), /No fault is named "locusts".*reconnect-storm/);
  assert.throws(() => activate(['toString' as 'nan']), RangeError);
});
