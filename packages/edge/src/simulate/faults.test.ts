import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { type Said, startFleet } from '../testing/fleet.ts';
import { truthKey } from './read-truth.ts';

const fleet = await startFleet();
after(() => fleet.stop());

const seqs = (device: Said[]) => device.map(({ message }) => message?.seq ?? 0);
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

test('disconnect: single devices are lost without DISCONNECT, come back, and lose no message', async () => {
  const { figures, truth, said, statuses } = await fleet.run(10, {
    rate: 100,
    messages: 100,
    faults: ['disconnect'],
    faultParameters: { disconnect: { everyMs: 100, awayMs: 20 } },
  });
  assert.ok(figures.reconnects >= 3);
  const leaves = 10;
  assert.ok(statuses.filter((status) => status === 'offline').length >= 3 + leaves, 'the wills of the lost');
  assert.equal(truth.acknowledged.size, 1000);
  for (const device of said) assert.deepEqual([...new Set(seqs(device))], upTo(100));
});

test('reconnect-storm: all are lost at once, and only then all come back', async () => {
  const { figures, statuses } = await fleet.run(20, {
    rate: 100,
    messages: 400,
    faults: ['reconnect-storm'],
    // long enough for a busy machine to see everybody off before the first is back
    faultParameters: { 'reconnect-storm': { everyMs: 3000, awayMs: 1000 } },
  });
  assert.ok(figures.reconnects >= 20);
  const wave = (status: string) => Array<string>(20).fill(status);
  assert.deepEqual(statuses.slice(0, 60), [...wave('online'), ...wave('offline'), ...wave('online')]);
});

test('clock-skew: some clocks are wrong by minutes to hours, and stay as wrong as they are', async () => {
  const { truth, said } = await fleet.run(40, { messages: 5, faults: ['clock-skew'], now: () => 1e12 });
  const offsets = said.map((device) => new Set(device.map(({ message }) => (message?.ts ?? 0) - 1e12)));
  assert.ok(offsets.every((offset) => offset.size === 1));
  const wrong = offsets.flatMap((offset) => [...offset]).filter((offset) => offset !== 0);
  assert.ok(wrong.length >= 3 && wrong.length <= 20, `${wrong.length}`);
  assert.ok(wrong.every((offset) => Math.abs(offset) >= 60_000 && Math.abs(offset) <= 3 * 3_600_000));
  assert.deepEqual(
    [...truth.sent.values()].map(({ ts }) => ts).sort(),
    said
      .flat()
      .map(({ message }) => message?.ts)
      .sort(),
  );
});

test('duplicates: some messages arrive twice with the same boot and seq, as often as the truth says', async () => {
  const { figures, truth, said } = await fleet.run(5, { messages: 100, faults: ['duplicates'] });
  const keys = said.flat().map(({ message }) => truthKey(message?.boot ?? '', message?.seq ?? 0));
  const twice = [...Map.groupBy(keys, (key) => key)].filter(([, all]) => all.length === 2).map(([key]) => key);
  assert.ok(twice.length > 20 && twice.length < 100, `${twice.length}`);
  assert.deepEqual(twice.sort(), [...truth.repeated.keys()].sort());
  assert.equal(figures.repeated, twice.length);
  assert.equal(keys.length, 500 + twice.length);
  assert.equal(new Set(said.flat().map(({ payload }) => payload)).size, 500);
  assert.equal(figures.acknowledged, 500);
});

test('out-of-order: some messages are overtaken by up to three later ones, and none is lost', async () => {
  const { said } = await fleet.run(5, { messages: 100, faults: ['out-of-order'] });
  for (const device of said) {
    const order = seqs(device);
    assert.deepEqual(
      order.toSorted((a, b) => a - b),
      upTo(100),
    );
    const overtaken = order.filter((seq, at) => order.slice(0, at).some((before) => before > seq));
    assert.ok(overtaken.length > 1 && overtaken.length < 30, `${overtaken.length}`);
    assert.ok(order.every((seq, at) => at + 1 - seq <= 3));
  }
});

test('stuck-sensor: one number stays the same for ever, the other goes on', async () => {
  const { said } = await fleet.run(5, {
    messages: 100,
    faults: ['stuck-sensor'],
    faultParameters: { 'stuck-sensor': { share: 1, within: 20 } },
  });
  for (const device of said) {
    const late = device.slice(20).map(({ message }) => message?.values ?? {});
    const kinds = ['temperature', 'humidity'].map((metric) => new Set(late.map((values) => values[metric])).size);
    const [stuck = 0, alive = 0] = kinds.toSorted((a, b) => a - b);
    assert.equal(stuck, 1);
    assert.ok(alive > 5);
  }
});

test('nan: some messages are no JSON, and the truth marks them as refused', async () => {
  const { truth, said } = await fleet.run(5, {
    messages: 100,
    faults: ['nan'],
    faultParameters: { nan: { share: 0.1 } },
  });
  const broken = said.flat().filter(({ message }) => message === undefined);
  assert.ok(broken.length > 20 && broken.length < 100, `${broken.length}`);
  assert.ok(
    broken.every(({ payload }) => /^\{"ts":\d+,"boot":"[^"]+","seq":\d+,"values":\{"temperature":NaN,/.test(payload)),
  );
  const refused = [...truth.sent.values()].filter((sent) => sent.refused);
  assert.deepEqual(refused.map(({ raw }) => raw).sort(), broken.map(({ payload }) => payload).sort());
  assert.ok(refused.every(({ values }) => values === undefined));
});

test('burst: after a common outage the backlog comes in order with its own times, the others never stop', async () => {
  const { said } = await fleet.run(10, {
    messages: 120,
    faults: ['burst'],
    faultParameters: { burst: { share: 0.5, everyMs: 200, outageMs: 1500 } },
  });
  const oldest = said.map((device) => Math.max(...device.map(({ at, message }) => at - (message?.ts ?? at))));
  const concerned = oldest.filter((age) => age >= 500).length;
  assert.ok(concerned >= 2 && concerned <= 8, oldest.join());
  for (const device of said) assert.deepEqual([...new Set(seqs(device))], upTo(120));
});
