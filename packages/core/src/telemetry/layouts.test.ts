import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { LatestValue, Series, Value } from '@muster/contract/telemetry';
import { bodyOf, problemOf } from '@muster/testkit/api';
import type { TestDevice } from '@muster/testkit/organization';
import { ledgerOf, storedMessages } from '@muster/testkit/reading';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import fc from 'fast-check';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.stop());

type Values = Record<string, Value>;

/** Sends the messages one millisecond apart and answers what is stored, in the same order. */
async function roundTrip(device: TestDevice, messages: Values[], start = Date.now() - 100_000): Promise<Values[]> {
  const array = messages.map((values, n) => ({ ts: start + n, values }));
  for (let from = 0; from < array.length; from += 500) {
    await bodyOf(device.api.post('/device/telemetry', array.slice(from, from + 500)), 200);
  }
  return (await storedMessages(server.api, device.deviceId)).map((message) => message.values);
}

async function layoutsOf(device: TestDevice): Promise<string[][]> {
  const rows = await server.admin<{ metrics: string[] }>(
    `select distinct l.metrics from telemetry t join telemetry_layouts l on l.id = t.layout join devices d on d.number = t.device
     where d.device_id = $1`,
    [device.deviceId],
  );
  return rows.map((row) => row.metrics);
}

const latestOf = async (device: TestDevice) => {
  const { values } = await bodyOf(
    server.api.get<{ values: Record<string, LatestValue> }>(`/devices/${device.deviceId}/latest`),
  );
  return Object.fromEntries(Object.entries(values).map(([name, { value }]) => [name, value]));
};

test('messages that say the same metrics share one layout, in whatever order they say them', async () => {
  const device = await server.createDevice({ type: 'workshop.bench' });
  const messages = [
    { p1: 1, p2: 2, p3: 3 },
    { p3: 4, p1: 5, p2: 6 },
    { p2: 7, p3: 8, p1: 9 },
  ];
  assert.deepEqual(await roundTrip(device, messages), messages);
  assert.deepEqual(await layoutsOf(device), [['p1', 'p2', 'p3']]);
});

test('a message with a few values fewer goes into the layout that is there, with gaps', async () => {
  const device = await server.createDevice({ type: 'workshop.bench' });
  const messages = [
    { p1: 1, p2: 2, p3: 3 },
    { p1: 4, p3: 5 },
    { p2: 6, p3: 7 },
    { p1: 8, p2: 9, p3: 10 },
  ];
  assert.deepEqual(await roundTrip(device, messages), messages);
  assert.equal((await layoutsOf(device)).length, 1);
  assert.deepEqual(await latestOf(device), { p1: 8, p2: 9, p3: 10 });
});

test('a device that sends one metric at a time does not pay for all the others', async () => {
  const device = await server.createDevice({ type: 'workshop.rack' });
  const messages = Array.from({ length: 120 }, (_, n) => ({ [`m${(n % 12) + 1}`]: n }));
  assert.deepEqual(await roundTrip(device, messages), messages);
  for (const metrics of await layoutsOf(device)) assert.ok(metrics.length <= 2, metrics.join());
});

for (const type of ['generic', 'workshop.rack']) {
  test(`a device of type ${type} that sends ever other sets of metrics ends up with few layouts, and nothing is lost`, async () => {
    const device = await server.createDevice({ type });
    const names = Array.from({ length: 12 }, (_, index) => `m${index + 1}`);
    // 400 different subsets, small ones first
    const messages = Array.from({ length: 400 }, (_, n) => {
      const bits = (n * 2654435761) % 4095 || 1;
      return Object.fromEntries(names.filter((_, bit) => (bits >> bit) & 1).map((name) => [name, n + 0.5]));
    }).sort((one, other) => Object.keys(one).length - Object.keys(other).length);
    assert.deepEqual(await roundTrip(device, messages), messages);
    const layouts = await layoutsOf(device);
    assert.ok(layouts.length <= 34, `${layouts.length} layouts`);
    const wrong = await server.admin(
      `select 1 from telemetry t join devices d on d.number = t.device where d.device_id = $1 and t.other is not null limit 1`,
      [device.deviceId],
    );
    assert.deepEqual(wrong, [], 'numbers are stored as numbers');
    const last = messages.at(-1) as Values;
    for (const [name, value] of Object.entries(await latestOf(device))) {
      if (name in last) assert.equal(value, last[name]);
    }
  });
}

test('a generic device has 200 names for life, a restart included', async () => {
  const device = await server.createDevice();
  const send = (values: Values) => device.api.post('/device/telemetry', { values });
  const many = (from: number, count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`name-${from + index}`, index % 2 ? 1 : 'text']));
  await bodyOf(send(many(0, 120)));
  await problemOf(send(many(120, 81)), 422);
  await bodyOf(send(many(120, 80)));
  await problemOf(send({ 'name-200': 1 }), 422);
  await bodyOf(send(many(0, 200)));
  await server.restart();
  await problemOf(send({ 'name-200': 1 }), 422);
  await bodyOf(send({ 'name-199': 1 }));
  const { rejected, stored } = await ledgerOf(server.api, device.deviceId);
  assert.deepEqual({ rejected, stored }, { rejected: { too_many_metrics: 3 }, stored: 4 });
});

test('a message that is refused takes no name away', async () => {
  const device = await server.createDevice();
  const many = (from: number) =>
    Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`name-${from + index}`, 1]));
  await problemOf(device.api.post('/device/telemetry', { values: many(0), quality: { nobody: 'bad' } }), 422);
  await problemOf(device.api.post('/device/telemetry', [{ values: many(200) }, { values: {} }]), 422);
  await bodyOf(device.api.post('/device/telemetry', { values: many(400) }), 200);
  await bodyOf(device.api.post('/device/telemetry', [{ values: many(400) }, { values: { one: 1, two: 2 } }]), 200);
});

test('names that are new in one array count together', async () => {
  const device = await server.createDevice();
  const array = (count: number) => Array.from({ length: count }, (_, n) => ({ values: { [`name-${n}`]: 1 } }));
  await problemOf(device.api.post('/device/telemetry', array(201)), 422);
  await bodyOf(device.api.post('/device/telemetry', array(200)), 200);
});

test('one metric may be a number, then a text, then a boolean, and each is kept as it was', async () => {
  const device = await server.createDevice();
  const messages: Values[] = [
    { mode: 1, a: 1 },
    { mode: 'idle', a: 2 },
    { mode: true, a: 3 },
    { mode: 2.5, a: 4 },
    { a: 5 },
    { mode: '7' },
    { mode: false, b: 'x' },
  ];
  const start = Date.now() - 60_000;
  assert.deepEqual(await roundTrip(device, messages, start), messages);
  assert.deepEqual(await latestOf(device), { mode: false, a: 5, b: 'x' });
  await bodyOf(device.api.post('/device/telemetry', { ts: start + 10, values: { mode: 9 } }));
  assert.deepEqual(await latestOf(device), { mode: 9, a: 5, b: 'x' });
  await server.restart();
  assert.deepEqual(await latestOf(device), { mode: 9, a: 5, b: 'x' });
  await bodyOf(device.api.post('/device/telemetry', { ts: start + 5, values: { mode: 'late' } }));
  assert.deepEqual(await latestOf(device), { mode: 9, a: 5, b: 'x' }, 'late data is not the latest');
});

test('texts and booleans alone are stored, and read where they change', async () => {
  const device = await server.createDevice({ type: 'workshop.panel' });
  const start = Date.now() - 60_000;
  const modes = ['day', 'day', 'day', 'night', 'night', 'day'];
  await roundTrip(
    device,
    modes.map((mode, n) => ({ mode, charging: n < 4 })),
    start,
  );
  const query = { from: new Date(start - 1).toISOString(), to: new Date(start + 1000).toISOString() };
  const { series } = await bodyOf(
    server.api.get<{ series: Series[] }>(`/devices/${device.deviceId}/telemetry`, { query }),
  );
  assert.deepEqual(Object.fromEntries(series.map(({ metric, points }) => [metric, points])), {
    battery: [],
    charging: [
      [start, true],
      [start + 4, false],
    ],
    mode: [
      [start, 'day'],
      [start + 3, 'night'],
      [start + 5, 'day'],
    ],
  });
});

test('any mix of names and values comes back as it was sent', async () => {
  const name = fc
    .oneof(
      { weight: 6, arbitrary: fc.constantFrom('a', 'b', 'c', 'd', 'e') },
      {
        weight: 1,
        arbitrary: fc.constantFrom('toString', 'a b', 'a/b', 'łódź', "'", 'x'.repeat(128), '🐢'),
      },
    )
    .map((text) => text);
  const value: fc.Arbitrary<Value> = fc.oneof(
    { weight: 4, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0) },
    { weight: 1, arbitrary: fc.boolean() },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !text.includes('\0')) },
  );
  const values = fc.dictionary(name, value, { minKeys: 1, maxKeys: 6, noNullPrototype: true });
  await fc.assert(
    fc.asyncProperty(fc.array(values, { minLength: 1, maxLength: 60 }), async (messages) => {
      const device = await server.createDevice();
      assert.deepEqual(await roundTrip(device, messages), messages);
    }),
    { numRuns: 15 },
  );
});
