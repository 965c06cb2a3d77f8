import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { mqttLimits } from '@muster/contract/mqtt';
import { connectDevice, type DeviceClient } from '@muster/testkit/mqtt';
import { staysOpen, until } from '@muster/testkit/until';
import { generate, type Packet } from 'mqtt-packet';
import { type BrokerConnection, type BrokerHooks, createEmbeddedBroker, type EmbeddedBroker } from './broker.ts';

interface Published {
  topic: string;
  payload: Buffer;
  done: () => void;
}

let broker: EmbeddedBroker;
let port = 0;
/** What the hooks were told. */
let published: Published[] = [];
let refused: string[] = [];
let refusedPackets: string[] = [];
let asked = 0;
let holds = false;
/** The credential store answers when this is there. */
let answering: Promise<void> = Promise.resolve();
const connections = new Map<string, BrokerConnection>();

const hooks: BrokerHooks<string> = {
  async authenticate({ username, password }) {
    asked++;
    await answering;
    if (password === 'unreachable') throw new Error('the store is away');
    return password === 'right' ? username : undefined;
  },
  publish(_, { topic, payload }, done) {
    published.push({ topic, payload, done });
    if (!holds) done();
  },
  subscribed: () => undefined,
  unsubscribed: () => undefined,
  maySubscribe: (principal, filter) => filter.startsWith(`${principal}/`),
  connected: (principal, connection) => void connections.set(principal, connection),
  disconnected(principal, connection) {
    if (connections.get(principal) === connection) connections.delete(principal);
  },
  refused: (why) => void refused.push(why),
  refusedPacket: (principal, why) => void refusedPackets.push(`${principal}: ${why}`),
};

before(async () => {
  broker = await createEmbeddedBroker(hooks);
  port = await broker.listen('127.0.0.1', 0);
});
after(() => broker.stop());
beforeEach(() => {
  for (const { done } of published) if (holds) done();
  published = [];
  refused = [];
  refusedPackets = [];
  asked = 0;
  holds = false;
});

const device = (username: string, options = {}): Promise<DeviceClient> =>
  connectDevice(`mqtt://127.0.0.1:${port}`, { deviceId: username, username, token: 'right' }, options);

async function rawSocket(...bytes: Buffer[]): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  await once(socket, 'connect');
  for (const each of bytes) socket.write(each);
  return socket;
}

const bytesOf = (packet: Packet) => generate(packet);
const connectPacket = (username: string, password = 'right', keepalive = 0) =>
  bytesOf({ cmd: 'connect', clientId: username, username, password: Buffer.from(password), keepalive, clean: true });

/** A fixed header: type and flags, then the length in as many bytes as it takes. */
function fixedHeader(first: number, length: number): Buffer {
  const bytes = [first];
  for (let left = length; ; left = Math.floor(left / 128)) {
    bytes.push(left >= 128 ? (left & 127) | 128 : left);
    if (left < 128) return Buffer.from(bytes);
  }
}

/** The server must cut the connection before it has read what the header promises. */
async function assertCut(socket: Socket, why: RegExp): Promise<void> {
  socket.resume();
  if (!socket.closed) await once(socket, 'close');
  assert.match(refused.join('\n'), why);
}

test('a CONNECT beyond 64 KiB is refused from its header, before its body is read', async () => {
  await assertCut(await rawSocket(fixedHeader(0x10, mqttLimits.connectBytes + 1)), /larger than 65536/);
});

test('a packet beyond 256 KiB ends the connection, one of just that size is taken', async () => {
  const client = await device('large');
  const topic = 'large/t';
  // flags, topic's length, topic, message id, payload
  const room = mqttLimits.packetBytes - 2 - topic.length - 2;
  await client.publish(topic, Buffer.alloc(room, 'x'));
  assert.equal(published[0]?.payload.length, room);
  client.publish(topic, Buffer.alloc(room + 1, 'x')).catch(() => undefined);
  await client.closed;
  assert.match(refused.join('\n'), /larger than 262144/);
  assert.deepEqual(
    refusedPackets.map((told) => told.split(':', 1)[0]),
    ['large'],
    'and it is said whose it was',
  );
});

test('a connection that does not begin with CONNECT is ended', async () => {
  for (const first of [0x30, 0x82, 0xc0, 0x00, 0xf0, 'GET / HTTP/1.1\r\n'.charCodeAt(0)]) {
    refused = [];
    await assertCut(await rawSocket(Buffer.from([first, 2, 0, 0])), /first packet is not CONNECT/);
  }
});

test('a length of five bytes is no length', async () => {
  const malformed = Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 0x7f]);
  await assertCut(await rawSocket(malformed), /larger than|malformed/);
});

test('headers that come byte by byte are understood', async () => {
  const socket = await rawSocket();
  for (const byte of connectPacket('slowly')) {
    socket.write(Buffer.from([byte]));
    await new Promise(setImmediate);
  }
  const [answer] = (await once(socket, 'data')) as [Buffer];
  assert.deepEqual([...answer], [0x20, 2, 0, 0], 'CONNACK, accepted');
  socket.destroy();
});

test('nothing is acknowledged before it may be: PUBACK of QoS 1 and PUBREC of QoS 2 wait', async () => {
  const client = await device('waits');
  const received: string[] = [];
  client.client.on('packetreceive', ({ cmd }) => received.push(cmd));
  holds = true;
  const one = client.publish('waits/1', 'a', { qos: 1 });
  const two = client.publish('waits/2', 'b', { qos: 2 });
  await until(() => published.length === 2, 'both reach the hook');
  assert.ok(await staysOpen(Promise.race([one, two])));
  assert.deepEqual(received, [], 'neither PUBACK nor PUBREC');
  for (const { done } of published) done();
  await Promise.all([one, two]);
  assert.deepEqual(received.sort(), ['puback', 'pubcomp', 'pubrec']);
  await client.end();
});

test('a hundred messages without an answer stop the reading, and answers let it go on', async () => {
  const client = await device('window');
  holds = true;
  const all = Array.from({ length: 5000 }, () => client.publish('window/t', Buffer.alloc(100)));
  await until(() => published.length >= mqttLimits.inFlight, 'a hundred arrive');
  assert.ok(await staysOpen(Promise.race(all)));
  // what came in one piece with the hundredth was read already: at most 64 KiB
  assert.ok(published.length < 1000, `${published.length} were taken in without an answer`);
  holds = false;
  for (const { done } of [...published]) done();
  await Promise.all(all);
  assert.equal(published.length, 5000);
  await client.end();
});

test('pressure stops the reading of everybody who publishes, and its end lets them go on', async () => {
  const clients = await Promise.all([device('pressed-1'), device('pressed-2')]);
  holds = true;
  broker.setPressure(true);
  const all = Promise.all(
    clients.flatMap((client, index) =>
      Array.from({ length: 3000 }, () => client.publish(`pressed-${index + 1}/t`, Buffer.alloc(100))),
    ),
  );
  await until(() => published.length > 0, 'the first ones arrive');
  assert.ok(await staysOpen(all, 200));
  const taken = published.splice(0);
  assert.ok(taken.length < 2000, `${taken.length} of 6,000 were read under pressure`);
  holds = false;
  // the store is back: what it had is answered first, and only then the pressure ends
  for (const { done } of taken) done();
  assert.ok(await staysOpen(all, 50));
  assert.equal(published.length, 0, 'nothing is read while the pressure lasts');
  broker.setPressure(false);
  await all;
  assert.equal(published.length + taken.length, 6000);
  await Promise.all(clients.map((client) => client.end()));
});

test('under pressure nobody is let in: who connects is told to come again, and then may', async () => {
  broker.setPressure(true);
  await assert.rejects(device('late'), { code: 3 }, 'server unavailable');
  assert.equal(asked, 0, 'its credential is not looked at');
  broker.setPressure(false);
  const client = await device('late');
  await client.publish('late/t', 'now');
  await client.end();
});

test('a client that does not read what it is sent is cut off, and others get theirs meanwhile', async () => {
  const stalled = await rawSocket(connectPacket('stalled'));
  stalled.pause();
  const healthy = await device('healthy');
  const got: number[] = [];
  healthy.client.on('message', (_, payload) => got.push(payload.length));
  const connection = await until(() => connections.get('stalled'), 'the stalled client is connected');
  const chunk = Buffer.alloc(64 * 1024);
  // what the system's own socket buffers take comes on top of the bound
  for (let sent = 0; sent < 400 && connections.has('stalled'); sent++) {
    connection.send('stalled/t', chunk, 0);
    if (sent % 20 === 0) connections.get('healthy')?.send('healthy/t', Buffer.from('now'), 0);
    await new Promise(setImmediate);
  }
  await until(() => !connections.has('stalled'), 'the stalled client is cut off');
  assert.match(refused.join('\n'), /does not read/);
  await until(() => got.length > 0, 'the healthy one hears');
  assert.ok(connections.has('healthy'));
  stalled.destroy();
  await healthy.end();
});

test('what one device publishes reaches no other one', async () => {
  const [one, other] = await Promise.all([device('speaker'), device('listener')]);
  let heard = 0;
  other.client.on('message', () => heard++);
  assert.equal(await other.subscribe('listener/commands/#'), 1);
  await one.publish('listener/commands/1', 'stop', { qos: 1, retain: true });
  await other.publish('listener/commands/1', 'own', { qos: 1 });
  await staysOpen(one.closed, 50);
  assert.equal(heard, 0);
  await Promise.all([one.end(), other.end()]);
});

test('a subscription that is not allowed is refused with 0x80 and the connection goes on', async () => {
  const client = await device('subscriber');
  assert.equal(await client.subscribe('other/#'), 0x80);
  assert.equal(await client.subscribe('#'), 0x80);
  assert.equal(await client.subscribe('$SYS/#'), 0x80);
  assert.equal(await client.subscribe('subscriber/commands/#'), 1);
  assert.equal(refused.filter((why) => why.startsWith('subscription to ')).length, 3);
  await client.publish('subscriber/t', 'still here');
  await client.end();
});

test('the fifty-first subscription of a connection is refused', async () => {
  const client = await device('collector');
  const granted: number[] = [];
  for (let n = 0; n < mqttLimits.subscriptions + 2; n++) granted.push(await client.subscribe(`collector/${n}`));
  assert.deepEqual(granted.slice(0, mqttLimits.subscriptions), Array(mqttLimits.subscriptions).fill(1));
  assert.deepEqual(granted.slice(mqttLimits.subscriptions), [0x80, 0x80]);
  await client.end();
});

test('a topic of more than ten levels ends the connection before anything is taken', async () => {
  const client = await device('deep');
  await client.publish('deep/2/3/4/5/6/7/8/9/10', 'just so');
  await assert.rejects(client.publish('deep/2/3/4/5/6/7/8/9/10/11', 'too deep'));
  assert.equal(published.length, 1);
});

test('the same device that connects again takes its place, and another of the same client id does not', async () => {
  const first = await device('twice', { clientId: 'same' });
  const stranger = await device('stranger', { clientId: 'same' });
  const second = await device('twice', { clientId: 'same' });
  await first.closed;
  await stranger.publish('stranger/t', 'unharmed');
  await second.publish('twice/t', 'here');
  await Promise.all([stranger.end(), second.end()]);
});

test('a wrong credential, none at all, and a store that is away have answers of their own', async () => {
  const attempt = (token: string) =>
    connectDevice(`mqtt://127.0.0.1:${port}`, { deviceId: 'd', username: 'who', token });
  await assert.rejects(attempt('wrong'), { code: 5 });
  await assert.rejects(attempt('unreachable'), { code: 3 }, 'server unavailable: come again');
  assert.equal(asked, 2);
  const { username: _, password: __, ...nobody } = { username: '', password: '', clientId: 'x' };
  const url = `mqtt://127.0.0.1:${port}`;
  await assert.rejects(
    connectDevice(url, { deviceId: 'd', username: '', token: '' }, { ...nobody, username: '', password: '' }),
  );
  assert.equal(asked, 2, 'without a credential nobody is asked');
});

test('a hundred wrong credentials at once are counted, and from then on nobody looks for a minute', async (t) => {
  const strict = await createEmbeddedBroker(hooks);
  t.after(() => strict.stop());
  const url = `mqtt://127.0.0.1:${await strict.listen('127.0.0.1', 0)}`;
  const attempt = (token: string) => connectDevice(url, { deviceId: 'd', username: 'guesser', token });
  const answer = Promise.withResolvers<void>();
  answering = answer.promise;
  const guesses = Array.from({ length: 120 }, () => assert.rejects(attempt('wrong')));
  await until(() => asked === 120, 'all are looked at together');
  answer.resolve();
  await Promise.all(guesses);
  const before = asked;
  await assert.rejects(attempt('wrong'), { code: 3 });
  assert.equal(asked, before, 'refused without looking');
  assert.ok(refused.includes('too many failed sign-ins'));
});

test('a client that falls silent is given up after its keep-alive, though its socket is open', async () => {
  const silent = await rawSocket(connectPacket('silent', 'right', 1));
  await until(() => connections.has('silent'), 'it is connected');
  silent.resume();
  await once(silent, 'close');
  await until(() => !connections.has('silent'), 'the server knows that it is gone');
});

test('of a client without a keep-alive the system finds out that its cable was pulled', {
  skip: process.platform === 'linux' ? false : 'only Linux tells which sockets it looks after',
}, async () => {
  const client = await device('trusting', { keepalive: 0 });
  const { localPort } = client.client.stream as Socket;
  const hex = (number: number) => number.toString(16).toUpperCase().padStart(4, '0');
  const sockets = () =>
    readFileSync('/proc/net/tcp', 'latin1')
      .split('\n')
      .map((line) => line.trim().split(/\s+/));
  const isOurs = ([, here = '', there = '']: string[]) =>
    here.endsWith(`:${hex(port)}`) && there.endsWith(`:${hex(localPort ?? 0)}`);
  // the timer that runs: 2 is that of keep-alive
  await until(() => sockets().find(isOurs)?.[5]?.startsWith('02:'), 'the system looks after it');
  await client.end();
});

test('of one address five thousand wait for their sign-in, the next is refused, and who has signed in goes on', async (t) => {
  const crowded = await createEmbeddedBroker(hooks);
  t.after(() => crowded.stop());
  const where = { host: '127.0.0.1', port: await crowded.listen('127.0.0.1', 0) };
  const signedIn = await connectDevice(`mqtt://127.0.0.1:${where.port}`, {
    deviceId: 'there',
    username: 'there',
    token: 'right',
  });
  const sockets: Socket[] = [];
  t.after(() => {
    for (const socket of sockets) socket.destroy();
  });
  const open = () => {
    const socket = connect(where).on('error', () => undefined);
    sockets.push(socket);
    return socket;
  };
  for (let n = 0; n < 5000; n++) open();
  await until(() => crowded.connections === 5001, 'all of them are taken', { deadline: 60_000 });
  const onceMore = open();
  onceMore.resume();
  await once(onceMore, 'close');
  assert.deepEqual(refused, ['too many connections that have not signed in']);
  await signedIn.publish('there/t', 'still here');
  await signedIn.end();
});
