import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviceTopics } from '@muster/contract/mqtt';
import type { DeviceEvent, RejectedMessage } from '@muster/contract/telemetry';
import { bodyOf, problemOf } from '@muster/testkit/api';
import { overBothHomes } from '@muster/testkit/homes';
import type { TestDevice } from '@muster/testkit/organization';
import { ledgerOf, settledLedger, storedMessages } from '@muster/testkit/reading';
import { until } from '@muster/testkit/until';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

overBothHomes('what a device says', (server) => {
  const stored = (device: TestDevice) => storedMessages(server().api, device.deviceId);
  const values = async (device: TestDevice) => (await stored(device)).map((message) => message.values);
  const rejected = async (device: TestDevice, count: number) => {
    const path = `/devices/${device.deviceId}/rejected-messages`;
    const list = await until(async () => {
      const { items } = await bodyOf(server().api.get<{ items: RejectedMessage[] }>(path));
      return items.length >= count ? items : undefined;
    }, `${count} rejected messages are listed`);
    assert.equal(list.length, count);
    return list;
  };
  const events = async (device: TestDevice) => {
    const { items } = await bodyOf(server().api.get<{ items: DeviceEvent[] }>(`/devices/${device.deviceId}/events`));
    return items;
  };

  test('a message is stored when it is acknowledged, over HTTP and at every quality of service of MQTT', async () => {
    const device = await server().createDevice();
    const answer = await bodyOf(device.api.post('/device/telemetry', { values: { n: 0 } }), 200);
    assert.deepEqual(answer, { accepted: 1, duplicates: 0 });
    assert.deepEqual(await values(device), [{ n: 0 }]);
    const client = await server().connect(device);
    const topic = deviceTopics.telemetry(device.deviceId);
    await client.publish(topic, { values: { n: 1 } }, { qos: 1 });
    assert.equal((await stored(device)).length, 2);
    await client.publish(topic, { values: { n: 2 } }, { qos: 2 });
    assert.equal((await stored(device)).length, 3);
    await client.publish(topic, { values: { n: 3 } }, { qos: 0 });
    await until(async () => (await stored(device)).length === 4, 'QoS 0 is stored without an acknowledgement');
    assert.deepEqual(await values(device), [{ n: 0 }, { n: 1 }, { n: 2 }, { n: 3 }]);
    await client.end();
  });

  test('an array of 1,000 messages is stored whole, and of 1,001 nothing', async () => {
    const device = await server().createDevice();
    const start = Date.now() - 10_000;
    const many = (count: number) => Array.from({ length: count }, (_, n) => ({ ts: start + n, values: { n } }));
    assert.deepEqual(await bodyOf(device.api.post('/device/telemetry', many(1000)), 200), {
      accepted: 1000,
      duplicates: 0,
    });
    const problem = await problemOf(device.api.post('/device/telemetry', many(1001)), 422);
    assert.deepEqual(problem.errors, [{ path: '', message: 'too_many_messages' }]);
    const client = await server().connect(device);
    await client.telemetry(many(1000).map(({ ts, values }) => ({ ts: ts + 2000, values })));
    await client.telemetry(many(1001));
    await client.end();
    const all = await stored(device);
    assert.deepEqual(
      all.map((message) => Date.parse(message.ts)),
      Array.from({ length: 2000 }, (_, n) => start + (n < 1000 ? n : 1000 + n)),
    );
    assert.deepEqual(await ledgerOf(server().api, device.deviceId), {
      received: 4002,
      stored: 2000,
      duplicates: 0,
      rejected: { too_many_messages: 2002 },
      pending: 0,
    });
  });

  test('one bad element refuses the whole array and is named', async () => {
    const device = await server().createDevice();
    const array = [{ values: { a: 1 } }, { values: { a: 2 } }, { values: { a: null } }];
    const problem = await problemOf(device.api.post('/device/telemetry', array), 422);
    assert.match(problem.detail, /^Message 2 of the array: /);
    await problemOf(device.api.post('/device/telemetry', []), 422);
    await problemOf(device.api.post('/device/telemetry', [[{ values: { a: 1 } }]]), 422);
    assert.deepEqual(await stored(device), []);
    assert.deepEqual((await ledgerOf(server().api, device.deviceId)).rejected, { wrong_type: 3, invalid_shape: 2 });
  });

  test('a bare number, boolean or string on the topic of a metric is a message of that one value', async () => {
    const device = await server().createDevice();
    const client = await server().connect(device);
    const before = Date.now();
    const say = (metric: string, payload: string) =>
      client.publish(deviceTopics.metric(device.deviceId, metric), payload);
    await say('temperature', '21.5');
    await say('door', 'true');
    await say('mode', '"idle"');
    await say('temperature', '"warm"');
    await say('temperature', '{"values": 1}');
    await say('temperature', '21,5');
    await client.end();
    const all = await stored(device);
    assert.deepEqual(
      all.map((message) => message.values),
      [{ temperature: 21.5 }, { door: true }, { mode: 'idle' }, { temperature: 'warm' }],
    );
    for (const { ts } of all) assert.ok(Date.parse(ts) >= before && Date.parse(ts) <= Date.now(), ts);
    const { rejected } = await ledgerOf(server().api, device.deviceId);
    assert.deepEqual(rejected, { wrong_type: 1, malformed_json: 1 });
  });

  test('a value outside of its range is stored with quality bad, what the device says of it is kept', async () => {
    const device = await server().createDevice({ type: 'workshop.bench' });
    const ts = Date.now() - 1000;
    const messages = [
      { ts, values: { p1: 10, p2: 0, p3: -9999 } },
      { ts: ts + 1, values: { p1: 10.001, p2: -0.001, p3: 0 } },
      { ts: ts + 2, values: { p1: 5, p2: 1, p3: 2 }, quality: { p1: 'uncertain', p3: 'bad', p2: 'good' } },
      { ts: ts + 3, values: { p1: 99, p2: 1, p3: 2 }, quality: { p1: 'good' } },
      { ts: ts + 4, values: { p1: 1 }, quality: { p1: 'bad' } },
    ];
    await bodyOf(device.api.post('/device/telemetry', messages), 200);
    const all = await stored(device);
    assert.deepEqual(
      all.map((message) => message.quality),
      [undefined, { p1: 'bad', p2: 'bad' }, { p1: 'uncertain', p3: 'bad' }, { p1: 'bad' }, { p1: 'bad' }],
    );
    assert.deepEqual(
      all.map((message) => message.values),
      messages.map((message) => message.values),
    );
  });

  test('booleans and texts have qualities too', async () => {
    const device = await server().createDevice({ type: 'workshop.panel' });
    const message = {
      values: { battery: 3, charging: true, mode: 'night' },
      quality: { mode: 'bad', charging: 'good' },
    };
    await bodyOf(device.api.post('/device/telemetry', message), 200);
    const [one] = await stored(device);
    assert.deepEqual(one?.values, message.values);
    assert.deepEqual(one?.quality, { mode: 'bad' });
  });

  test('late data keeps its time, a clock that is ahead makes values uncertain', async () => {
    const device = await server().createDevice();
    const now = Date.now();
    const times = [
      now - 89 * DAY_MS,
      now - DAY_MS,
      now + 4 * MINUTE_MS,
      now + 6 * MINUTE_MS,
      now + 23 * 60 * MINUTE_MS,
    ];
    for (const ts of times) await bodyOf(device.api.post('/device/telemetry', { ts, values: { a: 1 } }), 200);
    const all = await stored(device);
    assert.deepEqual(
      all.map(({ ts }) => Date.parse(ts)),
      times,
    );
    assert.deepEqual(
      all.map(({ quality }) => quality?.a),
      [undefined, undefined, undefined, 'uncertain', 'uncertain'],
    );
    for (const { receivedAt } of all) assert.ok(Math.abs(Date.parse(receivedAt) - now) < MINUTE_MS);
    for (const ts of ['1970-01-01T00:00:00Z', '2100-01-01T00:00:00Z', now - 91 * DAY_MS, now + 25 * 60 * MINUTE_MS]) {
      await problemOf(device.api.post('/device/telemetry', { ts, values: { a: 1 } }), 422);
    }
    const { rejected } = await ledgerOf(server().api, device.deviceId);
    assert.deepEqual(rejected, { timestamp_too_old: 2, timestamp_in_future: 2 });
  });

  test('two messages of the same millisecond are two', async () => {
    const device = await server().createDevice();
    const ts = Date.now() - 1000;
    const same = { ts, values: { a: 1 } };
    await bodyOf(device.api.post('/device/telemetry', [same, same]), 200);
    await bodyOf(device.api.post('/device/telemetry', same), 200);
    assert.deepEqual(
      (await stored(device)).map((message) => Date.parse(message.ts)),
      [ts, ts, ts],
    );
  });

  test('an event is stored when it is acknowledged, and read back newest first', async () => {
    const device = await server().createDevice();
    const client = await server().connect(device);
    const ts = Date.now() - 5000;
    const topic = deviceTopics.events(device.deviceId);
    await client.publish(topic, { ts, type: 'door_opened', data: { by: 'anna', times: [1, 2] } });
    assert.deepEqual(
      (await events(device)).filter(({ type }) => type === 'door_opened').map(({ ts, data }) => [Date.parse(ts), data]),
      [[ts, { by: 'anna', times: [1, 2] }]],
    );
    await bodyOf(device.api.post('/device/events', { type: 'door_closed' }), 200);
    const own = (await events(device)).filter(({ type }) => type.startsWith('door'));
    assert.deepEqual(
      own.map(({ type }) => type),
      ['door_closed', 'door_opened'],
    );
    const wrong = [
      '{}',
      '[]',
      '{"type":"muster.status"}',
      '{"type":"1x"}',
      '{"type":"a","data":[]}',
      '{"type":"a","x":1}',
    ];
    for (const event of wrong) await client.publish(topic, event);
    await client.publish(topic, '{"type":"a","data":{"k":"\\u0000"}}');
    await client.publish(topic, '{"type":"a","ts":"1970-01-01T00:00:00Z"}');
    await client.publish(topic, 'nonsense');
    await problemOf(device.api.post('/device/events', { type: '' }), 422);
    await client.end();
    const { rejected } = await ledgerOf(server().api, device.deviceId);
    assert.deepEqual(rejected, { invalid_event: 8, timestamp_too_old: 1, malformed_json: 1 });
    assert.equal((await events(device)).filter(({ type }) => !type.startsWith('muster.')).length, 2);
  });

  test('a device is online when it connects and offline when it says so, or when its last will does', async () => {
    const device = await server().createDevice();
    const status = async () => {
      const { status } = await bodyOf(server().api.get<{ status: string }>(`/devices/${device.deviceId}`));
      return status;
    };
    assert.equal(await status(), 'pending');
    const topic = deviceTopics.status(device.deviceId);
    const will = { topic, payload: Buffer.from('offline'), qos: 1 as const, retain: true };
    const first = await server().connect(device, { will });
    assert.equal(await status(), 'online');
    await first.publish(topic, 'offline', { retain: true });
    assert.equal(await status(), 'offline');
    await first.publish(topic, 'online', { retain: true });
    assert.equal(await status(), 'online');
    await first.publish(topic, 'asleep');
    await first.drop();
    await until(async () => (await status()) === 'offline', 'the last will is heard');
    await until(async () => (await events(device)).length === 4, 'the changes are stored');
    const changes = (await events(device)).map(({ type, data }) => [type, (data as { to: string }).to]);
    assert.deepEqual(changes, [
      ['muster.status', 'offline'],
      ['muster.status', 'online'],
      ['muster.status', 'offline'],
      ['muster.status', 'online'],
    ]);
    assert.deepEqual((await ledgerOf(server().api, device.deviceId)).rejected, { invalid_status: 1 });
  });

  test('a device that only speaks HTTP is online when it is heard', async () => {
    const device = await server().createDevice();
    await bodyOf(device.api.post('/device/heartbeat'), 204);
    const { status, lastSeenAt } = await bodyOf(
      server().api.get<{ status: string; lastSeenAt: string }>(`/devices/${device.deviceId}`),
    );
    assert.equal(status, 'online');
    assert.ok(Math.abs(Date.parse(lastSeenAt) - Date.now()) < MINUTE_MS);
  });

  test('what is refused is listed with its reason and its first kilobyte', async () => {
    const device = await server().createDevice();
    const client = await server().connect(device);
    const topic = deviceTopics.telemetry(device.deviceId);
    const long = `{"values": {"a": "${'é'.repeat(3000)}`;
    await client.publish(topic, long);
    await client.publish(topic, Buffer.from([0x7b, 0x00, 0xff, 0x41]));
    await client.publish(topic, '{"values":{"__proto__":1}}');
    await client.publish(`devices/${device.deviceId}/unknown`, 'x');
    await client.end();
    const list = await rejected(device, 4);
    assert.deepEqual(
      list.map(({ reason }) => reason),
      ['unknown_topic', 'invalid_metric', 'invalid_encoding', 'malformed_json'],
    );
    const [unknown, , binary, cut] = list as [RejectedMessage, RejectedMessage, RejectedMessage, RejectedMessage];
    assert.equal(unknown.topic, `devices/${device.deviceId}/unknown`);
    assert.equal(binary.bytes, 4);
    assert.equal(binary.excerpt, '{\ufffd\ufffdA');
    assert.equal(cut.bytes, Buffer.byteLength(long));
    assert.ok(Buffer.byteLength(cut.excerpt) >= 1020 && Buffer.byteLength(cut.excerpt) <= 1030);
    assert.ok(long.startsWith(cut.excerpt.replace(/\ufffd$/, '')));
    assert.deepEqual(await stored(device), []);
  });

  test('of a device that floods with rubbish the newest hundred are listed and all are counted', async () => {
    const device = await server().createDevice();
    const client = await server().connect(device);
    const topic = deviceTopics.telemetry(device.deviceId);
    await Promise.all(Array.from({ length: 300 }, (_, n) => client.publish(topic, `rubbish ${n}`)));
    await client.end();
    assert.equal((await settledLedger(server().api, device.deviceId)).rejected.malformed_json, 300);
    const path = `/devices/${device.deviceId}/rejected-messages`;
    await until(async () => {
      const { items } = await bodyOf(server().api.get<{ items: unknown[] }>(path, { query: { limit: 500 } }));
      return items.length === 100;
    }, 'a hundred are listed');
  });

  test('a device says nothing in another one’s name, nor in another organization’s', async () => {
    const device = await server().createDevice({ deviceId: 'namesake' });
    const neighbour = await server().createDevice();
    const away = await server().organization(`elsewhere-${server().home}`);
    const foreign = await away.createDevice({ deviceId: 'namesake' });
    const client = await server().connect(device);
    await client.telemetry({ values: { mine: 1 } });
    await client.publish(deviceTopics.telemetry(neighbour.deviceId), { values: { a: 1 } });
    await client.publish(deviceTopics.status(neighbour.deviceId), 'offline');
    await client.publish('devices/namesake', { values: { a: 1 } });
    await client.publish('devices/namesake2/telemetry', { values: { a: 1 } });
    await client.publish(`${away.slug}/devices/namesake/telemetry`, { values: { a: 1 } });
    await client.publish('$SYS/broker/load', '1');
    await client.end();
    const theirs = await server().connect(foreign);
    await theirs.telemetry({ values: { theirs: 2 } });
    await theirs.end();
    assert.deepEqual(await values(device), [{ mine: 1 }]);
    assert.deepEqual(await values(neighbour), []);
    assert.deepEqual(
      (await storedMessages(away.api, 'namesake')).map((message) => message.values),
      [{ theirs: 2 }],
    );
    assert.equal((await ledgerOf(server().api, 'namesake')).rejected.not_authorized, 6);
    assert.deepEqual((await ledgerOf(away.api)).rejected, {});
    assert.equal((await ledgerOf(server().api, neighbour.deviceId)).received, 0);
    assert.equal((await rejected(device, 6)).at(0)?.topic, '$SYS/broker/load');
  });

  test('a last will on another device’s topic is refused as any other publish', async () => {
    const device = await server().createDevice();
    const neighbour = await server().createDevice();
    const sleeper = await server().connect(neighbour);
    const topic = deviceTopics.status(neighbour.deviceId);
    const client = await server().connect(device, {
      will: { topic, payload: Buffer.from('offline'), qos: 1, retain: true },
    });
    await client.drop();
    await until(
      async () => (await ledgerOf(server().api, device.deviceId)).rejected.not_authorized === 1,
      'the will is refused',
    );
    const { status } = await bodyOf(server().api.get<{ status: string }>(`/devices/${neighbour.deviceId}`));
    assert.equal(status, 'online');
    await sleeper.end();
  });

  test('a device subscribes to its own commands and configuration, and to nothing else', async () => {
    const device = await server().createDevice();
    const client = await server().connect(device);
    const own = `devices/${device.deviceId}`;
    for (const filter of [`${own}/commands/#`, `${own}/commands/+/x`, `${own}/configuration/desired`]) {
      assert.equal(await client.subscribe(filter), 1, filter);
    }
    for (const filter of ['#', '+/+/commands', `${own}/#`, `${own}/telemetry`, 'devices/+/commands/#', '$SYS/#']) {
      assert.equal(await client.subscribe(filter), 0x80, filter);
    }
    await client.telemetry({ values: { still: true } });
    await client.end();
  });
});
