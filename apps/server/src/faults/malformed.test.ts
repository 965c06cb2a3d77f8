import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Ledger, RejectedMessage } from '@muster/contract/telemetry';
import { mergeTruths } from '@muster/testkit/account';
import { checkAccount } from '@muster/testkit/account-check';
import { type Api, bodyOf, createApi, problemOf } from '@muster/testkit/api';
import { connectDevice } from '@muster/testkit/mqtt';
import { type ServerProcess, startServerProcess } from '@muster/testkit/server-process';
import { memoryOf } from '@muster/testkit/server-process-memory';
import { watchLedger } from '@muster/testkit/server-process-metrics';
import { makeDevices, signIn } from '@muster/testkit/server-process-operator';
import { until } from '@muster/testkit/until';
import { startFleet } from './fleet.ts';
import { malformed } from './malformed-messages.ts';
import { connectPacket, openRaw } from './raw-client.ts';
import { patience, sizes } from './sizes.ts';
import { startWitness } from './witness.ts';

const ROUNDS = 8;
const NEW_STARTS = 3000;
const MOST_GROWTH_BYTES = 200 * 1024 * 1024;

let server: ServerProcess;
let api: Api;
before(async () => {
  server = await startServerProcess();
  api = await signIn(server);
});
after(() => server?.[Symbol.asyncDispose]());

test('one device sends nothing but rubbish: each piece is refused with its reason, the others are served', async (t) => {
  const { seed, devices, rate } = sizes;
  const many = await makeDevices(server, 'industrial.pressure-station', 'station', devices);
  const [guard, culprit] = await makeDevices(server, 'generic', 'single', 2);
  assert.ok(guard && culprit);
  await using fleet = startFleet(server.mqtt, [{ type: 'industrial.pressure-station', devices: many, rate, seed }]);
  await using witness = startWitness(server.mqtt, guard);
  await using ledger = watchLedger(server);
  await witness.nextAcknowledgement();
  const memory = memoryOf(server.pid()).now;
  const { deviceId } = culprit;
  const username = `${culprit.organization}/${deviceId}`;

  const rejected: Record<string, number> = {};
  const device = await connectDevice(server.mqtt, { ...culprit, username });
  for (let round = 0; round < ROUNDS; round++) {
    for (const { room, payload, reason, messages = 1 } of malformed) {
      const topic = room.startsWith('/') ? room.slice(1) : `devices/${deviceId}/${room}`;
      await device.publish(topic, payload);
      rejected[reason] = (rejected[reason] ?? 0) + messages;
    }
  }
  // a start for every message: what is kept of them must not make the next one slower
  for (let start = 0; start < NEW_STARTS; start += 100) {
    const some = Array.from({ length: 100 }, (_, index) =>
      device.telemetry({ boot: `start-${start + index}`, seq: 1, values: { a: 1 } }),
    );
    await Promise.all(some);
  }
  await device.end();

  // larger than any packet may be: it is not read, the connection ends, and the device's list says why
  using large = await openRaw(server.mqttPort);
  await large.write(connectPacket(username, culprit.token));
  await large.read();
  const topic = `devices/${deviceId}/telemetry`;
  const payload = Buffer.alloc(1024 * 1024, 'x');
  void large.write({ cmd: 'publish', topic, messageId: 1, payload, qos: 1, dup: false, retain: false });
  await large.closed;
  rejected.too_large = (rejected.too_large ?? 0) + 1;

  await witness.nextAcknowledgement();
  const maxUnavailableMs = witness.longestGap();
  const growth = memoryOf(server.pid()).now - memory;
  assert.ok(growth < MOST_GROWTH_BYTES, `memory grew by ${growth} bytes`);
  await Promise.all([fleet.stop(), witness.stop()]);
  assert.deepEqual((await ledger.stop()).faults, []);
  const view = await bodyOf<Ledger>(api.get('/telemetry/ledger', { query: { deviceId } }));
  const total = Object.values(rejected).reduce((sum, count) => sum + count, 0);
  assert.deepEqual(view, { received: total + NEW_STARTS, stored: NEW_STARTS, duplicates: 0, rejected, pending: 0 });
  const truth = mergeTruths(...(await fleet.truths()), witness.truth);
  await checkAccount(t, { server, api }, truth, { maxUnavailableMs, seed, 'refused of one device': total });
});

test('what was refused is listed with its reason and its first kilobyte', async () => {
  const [device] = await makeDevices(server, 'generic', 'listed', 1);
  assert.ok(device);
  const { deviceId } = device;
  const client = await connectDevice(server.mqtt, { ...device, username: `${device.organization}/${deviceId}` });
  const wanted = malformed;
  for (const { room, payload } of wanted) {
    await client.publish(room.startsWith('/') ? room.slice(1) : `devices/${deviceId}/${room}`, payload);
  }
  await client.end();
  const list = async () => {
    const path = `/devices/${deviceId}/rejected-messages`;
    return (await bodyOf<{ items: RejectedMessage[] }>(api.get(path, { query: { limit: 100 } }))).items;
  };
  await until(async () => (await list()).length === wanted.length, 'all are listed', patience);
  const items = (await list()).reverse();
  assert.deepEqual(
    items.map(({ reason }) => reason),
    wanted.map(({ reason }) => reason),
  );
  for (const [index, item] of items.entries()) {
    assert.equal(item.bytes, Buffer.byteLength(wanted[index]?.payload ?? ''), item.reason);
    assert.ok(Buffer.byteLength(item.excerpt) <= 3 * 1024 && item.detail.length > 0);
  }
});

test('over HTTP the same rubbish is answered with what is wrong with it', async () => {
  const [device, other] = await makeDevices(server, 'generic', 'poster', 2);
  assert.ok(device && other);
  const caller = createApi(
    () => server.http,
    () => device.token,
  );
  const rubbish = malformed.filter(({ room, payload }) => room === 'telemetry' && payload.length > 0);
  for (const { payload, reason } of rubbish) {
    const status = reason === 'malformed_json' || reason === 'invalid_encoding' ? 400 : 422;
    const problem = await problemOf(caller.post('/device/telemetry', payload), status);
    assert.equal(problem.errors[0]?.message, reason);
  }
  await problemOf(caller.post('/device/telemetry', Buffer.alloc(1024 * 1024 + 1, 'x')), 413);
  const text = { headers: { 'content-type': 'text/plain' } };
  await problemOf(caller.post('/device/telemetry', '{"values":{"a":1}}', text), 415);
  const stranger = createApi(
    () => server.http,
    () => `md_${'x'.repeat(43)}`,
  );
  await problemOf(stranger.post('/device/telemetry', { values: { a: 1 } }), 401);
  const { deviceId } = device;
  const view = await bodyOf<Ledger>(api.get('/telemetry/ledger', { query: { deviceId } }));
  assert.equal(view.stored, 0);
  assert.equal(
    view.received,
    rubbish.reduce((sum, { messages = 1 }) => sum + messages, 0) + 1,
    'what was too large is counted too',
  );
  assert.equal(view.rejected.too_large, 1);
  const path = `/devices/${deviceId}/rejected-messages`;
  const newest = async () => (await bodyOf<{ items: RejectedMessage[] }>(api.get(path))).items[0];
  await until(async () => (await newest())?.reason === 'too_large', 'the body that was too large is listed', patience);
  assert.equal((await newest())?.topic, '/device/telemetry');
});
