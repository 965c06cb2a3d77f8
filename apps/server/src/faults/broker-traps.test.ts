import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectDevice } from '@muster/testkit/mqtt';
import { memoryOf } from '@muster/testkit/server-process-memory';
import { staysOpen, until } from '@muster/testkit/until';
import type { Packet } from 'mqtt-packet';
import { startBroker } from './broker.ts';
import { connectPacket, openRaw } from './raw-client.ts';
import { patience } from './sizes.ts';

// The traps of aedes as it comes. Each test has a twin that shows the trap, so that it says when an update removes it.

const someone = (name: string) => ({ deviceId: name, username: name, token: 'any' });
const MEGABYTE = 1024 * 1024;
const PIECE = 64 * 1024;

async function publishesWhileTheStoreHolds(kind: 'muster' | 'aedes') {
  const broker = await startBroker(kind);
  broker.order({ hold: true });
  const device = await connectDevice(broker.url, someone('device'));
  const acknowledged = device.publish('devices/device/telemetry', '{}');
  await until(() => broker.told('storing').length === 1, 'the message came to the store', patience);
  return { broker, device, acknowledged };
}

test('aedes as it comes acknowledges what is not stored yet', async () => {
  const { broker, device, acknowledged } = await publishesWhileTheStoreHolds('aedes');
  await using _ = broker;
  await acknowledged;
  await device.end();
});

test('Muster acknowledges when a message is stored, and not before', async () => {
  const { broker, device, acknowledged } = await publishesWhileTheStoreHolds('muster');
  await using _ = broker;
  assert.ok(await staysOpen(acknowledged, 300));
  broker.order({ hold: false });
  await acknowledged;
  await device.end();
});

/** More than the buffers of two sockets on loopback hold. */
const FLOOD_PIECES = 400;

async function stalledSubscriber(port: number, filter: string) {
  const stalled = await openRaw(port);
  await stalled.write(connectPacket('stalled', 'any'));
  await stalled.read();
  await stalled.write({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: filter, qos: 0 }] });
  await stalled.read();
  return stalled;
}

test('aedes as it comes delivers nothing to anybody while one subscriber does not read', async () => {
  await using broker = await startBroker('aedes');
  using stalled = await stalledSubscriber(broker.port, 'noise');
  const healthy = await connectDevice(broker.url, someone('healthy'));
  await healthy.subscribe('quiet');
  const heard: string[] = [];
  healthy.client.on('message', (topic) => heard.push(topic));
  await healthy.publish('quiet', '1');
  await until(() => heard.length === 1, 'it delivers before', patience);
  const noisy = await connectDevice(broker.url, someone('noisy'));
  for (let n = 0; n < FLOOD_PIECES; n++) await noisy.publish('noise', Buffer.alloc(PIECE), { qos: 0 });
  await until(() => broker.told('storing').length > 20, 'the flood came in', patience);
  await healthy.publish('quiet', '2');
  const delivered = until(() => heard.length === 2, 'it delivers again', patience);
  assert.ok(await staysOpen(delivered, 1500), 'another topic, other clients, and nothing arrives');
  stalled.socket.destroy();
  await delivered;
  await Promise.all([healthy.drop(), noisy.drop()]);
});

test('Muster cuts off a subscriber that does not read, and answers everybody else meanwhile', async () => {
  await using broker = await startBroker('muster');
  using stalled = await stalledSubscriber(broker.port, 'devices/stalled/commands/#');
  const healthy = await connectDevice(broker.url, someone('healthy'));
  await until(() => broker.told('connected').includes('stalled'), 'it is connected', patience);
  const before = memoryOf(broker.pid).now;
  for (let n = 0; n < FLOOD_PIECES / 10 && !stalled.isClosed; n++) {
    broker.order({ send: { clientId: 'stalled', messages: 10, bytes: PIECE } });
    await healthy.publish('devices/healthy/telemetry', '{}');
  }
  await until(
    () => broker.told('refused').includes('the client does not read what it is sent'),
    'it is cut off',
    patience,
  );
  const growth = memoryOf(broker.pid).now - before;
  assert.ok(growth < 40 * MEGABYTE, `memory grew by ${growth} bytes`);
  await healthy.publish('devices/healthy/telemetry', '{}');
  await healthy.end();
});

const SOCKETS = 8;
const SENT_EACH = 16 * MEGABYTE;
/** Fixed header of a CONNECT of 268,435,455 bytes, the most that MQTT can say. */
const ENDLESS_CONNECT = Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]);

/** Clients that never signed in send what they announced. @returns bytes by which the broker grew */
async function growsBy(broker: { port: number; pid: number }): Promise<number> {
  const before = memoryOf(broker.pid).now;
  const clients = await Promise.all(Array.from({ length: SOCKETS }, () => openRaw(broker.port)));
  await Promise.all(
    clients.map(async (client) => {
      await client.write(ENDLESS_CONNECT);
      for (let sent = 0; sent < SENT_EACH && !client.isClosed; sent += PIECE) await client.write(Buffer.alloc(PIECE));
    }),
  );
  const after = memoryOf(broker.pid).now;
  for (const client of clients) client[Symbol.dispose]();
  return after - before;
}

test('aedes as it comes keeps whatever a client announces before it has signed in', async () => {
  await using broker = await startBroker('aedes');
  const growth = await growsBy(broker);
  assert.ok(growth > (SOCKETS * SENT_EACH) / 2, `memory grew by ${growth} bytes only`);
});

test('Muster closes the connection at the announcement', async () => {
  await using broker = await startBroker('muster');
  const growth = await growsBy(broker);
  assert.ok(growth < 30 * MEGABYTE, `memory grew by ${growth} bytes`);
  await until(() => broker.told('refused').length === SOCKETS, 'each of them was refused', patience);
});

const NAMES = 120;
const UNFINISHED = 20;
const UNFINISHED_BYTES = NAMES * UNFINISHED * 2 * PIECE;

/** A device comes under ever new client ids, asks for its session to be kept, and never takes it up. @returns growth in bytes */
async function growsByNames(broker: { port: number; pid: number }): Promise<number> {
  const before = memoryOf(broker.pid).now;
  const payload = Buffer.alloc(2 * PIECE);
  for (let name = 0; name < NAMES; name++) {
    using client = await openRaw(broker.port);
    await client.write({ ...connectPacket('device', 'any', `name-${name}`), clean: false } as Packet);
    await client.read();
    for (let messageId = 1; messageId <= UNFINISHED; messageId++) {
      // half of a handshake: no PUBREL follows
      await client.write({ cmd: 'publish', topic: 'a', payload, qos: 2, messageId, dup: false, retain: false });
      await client.read();
    }
  }
  return memoryOf(broker.pid).now - before;
}

test('aedes as it comes keeps the sessions of clients that never come back', async () => {
  await using broker = await startBroker('aedes');
  const growth = await growsByNames(broker);
  assert.ok(growth > UNFINISHED_BYTES / 2, `memory grew by ${growth} bytes only`);
});

test('Muster keeps no session: a device that comes under ever new names leaves nothing', async () => {
  await using broker = await startBroker('muster');
  const growth = await growsByNames(broker);
  assert.ok(growth < UNFINISHED_BYTES / 2, `memory grew by ${growth} bytes`);
});
