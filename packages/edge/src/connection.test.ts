import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, test } from 'node:test';
import { type ConnectionOptions, DeviceConnection } from './connection.ts';
import type { Message } from './message.ts';
import { memoryOutbox } from './outbox.ts';
import { type Broker, startBroker, until } from './testing/broker.ts';

const broker: Broker = await startBroker();
const open = new Set<DeviceConnection>();
const topic = 'devices/d1/telemetry';
const status = 'devices/d1/status';

beforeEach(() => {
  Object.assign(broker, { arrivals: [], connections: [], refusing: false, holding: false });
});
afterEach(async () => {
  await Promise.all([...open].map((connection) => connection.stop(0)));
  open.clear();
});
after(() => broker.stop());

function begin(options: Partial<ConnectionOptions> = {}) {
  const connection = new DeviceConnection({
    url: broker.url,
    organization: 'acme',
    deviceId: 'd1',
    token: 'secret',
    backOff: { firstMs: 5, maximumMs: 20 },
    ...options,
  });
  open.add(connection);
  connection.start();
  return connection;
}

const online = (connection: DeviceConnection) => until(() => connection.state === 'online', 'the device to be online');
const message = (number: number): Message => ({ topic, payload: String(number) });
const arrived = (on = topic) => broker.arrivals.filter((one) => one.topic === on).map((one) => one.payload);

test('it signs in as organization and device, and says that it is online for as long as it is', async () => {
  const connection = begin();
  await online(connection);
  await until(() => arrived(status).length === 1, 'the status');
  assert.deepEqual(broker.credential, ['acme/d1', 'secret']);
  assert.deepEqual(
    broker.arrivals.map(({ clientId, topic, payload, retain }) => [clientId, topic, payload, retain]),
    [['acme/d1', status, 'online', true]],
  );
  assert.equal(await connection.stop(), true);
  assert.deepEqual(arrived(status), ['online', 'offline']);
});

test('when it is lost, its last will says offline', async () => {
  const connection = begin();
  await until(() => arrived(status).join() === 'online', 'it says that it is there');
  broker.cut();
  // the broker may notice that the old connection is gone when the new one is there already
  await until(() => arrived(status).toSorted().join() === 'offline,online,online', 'the will and the return');
  assert.ok(broker.arrivals.every(({ retain }) => retain));
  await connection.stop();
});

test('what is queued before the connection is sent once it is there', async () => {
  const connection = begin();
  for (let number = 1; number <= 3; number++) connection.enqueue(message(number));
  await until(() => connection.waiting === 0, 'the acknowledgements');
  assert.deepEqual(arrived(), ['1', '2', '3']);
  await connection.stop();
});

test('after a dropped connection the unacknowledged is sent again in order, and acknowledged once each', async () => {
  const acknowledged: string[] = [];
  const connection = begin({ onAcknowledged: ({ payload }) => acknowledged.push(payload) });
  await online(connection);
  connection.enqueue(message(1));
  await until(() => connection.waiting === 0, 'the first acknowledgement');
  broker.holding = true;
  for (let number = 2; number <= 20; number++) connection.enqueue(message(number));
  await until(() => arrived().length > 1, 'a message that is not acknowledged');
  assert.deepEqual(acknowledged, ['1']);
  broker.arrivals = [];
  broker.holding = false;
  broker.cut();
  for (let number = 21; number <= 25; number++) connection.enqueue(message(number));
  await until(() => connection.waiting === 0, 'all acknowledgements');
  const all = Array.from({ length: 25 }, (_, index) => String(index + 1));
  assert.deepEqual(arrived(), all.slice(1));
  assert.deepEqual(acknowledged, all);
  await connection.stop();
});

test('through many losses every message arrives, and each is acknowledged exactly once', async () => {
  const acknowledged: string[] = [];
  const connection = begin({ onAcknowledged: ({ payload }) => acknowledged.push(payload) });
  for (let loss = 1; loss <= 20; loss++) {
    await until(() => connection.state === 'online' && broker.connections.length === loss, 'the return');
    for (let number = 1; number <= 100; number++) connection.enqueue(message((loss - 1) * 100 + number));
    // At every stage of the exchange: before the first byte, and after ever more turns of the event loop.
    for (let turn = 1; turn < loss; turn++) await new Promise((resolve) => setImmediate(resolve));
    connection.drop(1);
  }
  await until(() => connection.waiting === 0 && broker.connections.length === 21, 'all acknowledgements');
  const all = Array.from({ length: 2000 }, (_, index) => String(index + 1));
  assert.deepEqual(acknowledged, all);
  assert.deepEqual([...new Set(arrived())], all);
  await connection.stop();
});

test('no more than the window is on the wire before the first acknowledgement', async () => {
  const outbox = memoryOutbox<Message>();
  const { next } = outbox;
  let taken = 0;
  outbox.next = () => {
    const entry = next();
    if (entry) taken++;
    return entry;
  };
  const connection = begin({ window: 4, outbox });
  await online(connection);
  broker.holding = true;
  for (let number = 1; number <= 10; number++) connection.enqueue(message(number));
  await until(() => arrived().length > 0, 'the first message');
  assert.equal(taken, 4);
  broker.release();
  assert.equal(await connection.stop(), true);
  assert.equal(taken, 10);
});

test('a full queue drops its oldest messages and says how many', async () => {
  const acknowledged: string[] = [];
  const connection = begin({
    outbox: memoryOutbox(10 * (topic.length + 1)),
    onAcknowledged: ({ payload }) => acknowledged.push(payload),
  });
  for (let number = 0; number <= 9; number++) connection.enqueue(message(number));
  for (let number = 0; number <= 4; number++) connection.enqueue({ topic, payload: 'abcde'.charAt(number) });
  assert.equal(connection.dropped, 5);
  await until(() => connection.waiting === 0, 'the acknowledgements');
  assert.equal(acknowledged.join(''), '56789abcde');
  await connection.stop();
});

test('a refused device says why and comes in when it is let in', async () => {
  broker.refusing = true;
  const reasons: string[] = [];
  const connection = begin({ onState: (state, reason) => state === 'refused' && reasons.push(reason) });
  await until(() => reasons.length >= 2, 'two refusals');
  assert.deepEqual(new Set(reasons), new Set(['Connection refused: Not authorized']));
  broker.refusing = false;
  await online(connection);
  await connection.stop();
});

test('stopping waits for acknowledgements, but not for ever', async () => {
  const connection = begin();
  await online(connection);
  broker.holding = true;
  connection.enqueue(message(1));
  await until(() => arrived().length === 1, 'the message');
  assert.equal(await connection.stop(20), false);
  assert.equal(connection.waiting, 1);
  broker.cut();
});

test('stopping without a server ends at the deadline, and nothing tries to connect any more', async () => {
  const states: string[] = [];
  const connection = begin({ url: 'mqtt://127.0.0.1:1', onState: (state) => states.push(state) });
  connection.enqueue(message(1));
  await until(() => states.filter((state) => state === 'offline').length >= 3, 'three tries');
  assert.equal(await connection.stop(20), false);
  const tries = states.length;
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(states.length, tries);
});

test('a connection dropped on purpose is back after the time it was given, not after the back-off', async () => {
  const connection = begin({ backOff: { firstMs: 60_000, maximumMs: 60_000 } });
  await online(connection);
  connection.drop(1);
  await until(() => broker.connections.length === 2, 'the second connection');
  await connection.stop();
});

test('it hears what it listens to, and has heard it before it is acknowledged', async () => {
  const heard: [string, string][] = [];
  const subscribed = new Promise<string[]>((resolve) => (broker.onSubscribe = resolve));
  const connection = begin({
    listener: { filters: ['devices/d1/commands/+'], hear: (on, payload) => heard.push([on, payload]) },
  });
  assert.deepEqual(await subscribed, ['devices/d1/commands/+']);
  await broker.publish('devices/d1/commands/c1', 'blink');
  await broker.publish('devices/d2/commands/c1', 'not for it');
  await until(() => heard.length === 1, 'the command');
  assert.deepEqual(heard, [['devices/d1/commands/c1', 'blink']]);
  broker.onSubscribe = undefined;
  await connection.stop();
});

test('what is said past the queue is known to have arrived, or not to be known', async () => {
  const connection = begin();
  await assert.rejects(connection.say(message(1)), /not connected/);
  await online(connection);
  await connection.say(message(2));
  assert.deepEqual(arrived(), ['2']);
  broker.holding = true;
  const lost = connection.say(message(3));
  await until(() => arrived().length === 2, 'it has arrived');
  broker.holding = false;
  broker.cut();
  await assert.rejects(lost);
  await connection.stop();
});

test('a backlog leaves at its own pace, in order', async () => {
  const connection = begin({ rate: 100 });
  for (let number = 1; number <= 30; number++) connection.enqueue(message(number));
  await until(() => connection.waiting === 0, 'the acknowledgements');
  assert.deepEqual(
    arrived(),
    Array.from({ length: 30 }, (_, index) => String(index + 1)),
  );
  const times = broker.arrivals.filter((one) => one.topic === topic).map(({ at }) => at);
  // a tenth of a second's worth may go at once
  assert.ok((times.at(-1) ?? 0) - (times[0] ?? 0) >= 150, times.join());
  await connection.stop();
});

test('unplugged, it stays away until it is plugged in', async () => {
  const connection = begin();
  await online(connection);
  connection.unplug();
  await until(() => connection.state === 'offline', 'it is away');
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(broker.connections.length, 1);
  connection.plugIn();
  await online(connection);
  await connection.stop();
});
