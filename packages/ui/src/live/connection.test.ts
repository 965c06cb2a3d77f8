import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createConnection } from './connection.ts';

/** The far end: what a browser's WebSocket shows of it. */
const createFarEnd = () => {
  const sockets: FarSocket[] = [];
  class FarSocket {
    readyState = 0;
    sent: Record<string, unknown>[] = [];
    onopen: (() => void) | null = null;
    onmessage: ((event: { data: unknown }) => void) | null = null;
    onclose: (() => void) | null = null;
    send(text: string) {
      this.sent.push(JSON.parse(text));
    }
    accept() {
      this.readyState = 1;
      this.onopen?.();
    }
    say(message: object) {
      this.onmessage?.({ data: JSON.stringify(message) });
    }
    close() {
      if (this.readyState === 3) return;
      this.readyState = 3;
      this.onclose?.();
    }
  }
  const make = () => {
    const socket = new FarSocket();
    sockets.push(socket);
    return socket as unknown as WebSocket;
  };
  return { sockets, make };
};

const settle = async () => {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
};

const setUp = (t: import('node:test').TestContext, online = { now: true }) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: 1_000_000 });
  const far = createFarEnd();
  const connection = createConnection({
    openSocket: async () => far.make(),
    random: () => 1,
    isOnline: () => online.now,
  });
  t.after(() => connection.stop());
  return { far, connection, tick: (ms: number) => t.mock.timers.tick(ms) };
};

const topics = (sent: Record<string, unknown>[], verb: 'subscribe' | 'unsubscribe') =>
  sent.flatMap((request) => (request[verb] as string[] | undefined) ?? []);

test('a topic is asked for once however many listen, and given up with the last', async (t) => {
  const { far, connection } = setUp(t);
  connection.start();
  await settle();
  far.sockets[0]?.accept();
  const heard: unknown[] = [];
  const ends = [1, 2].map(() => connection.subscribe('device:a', (data) => heard.push(data)));
  far.sockets[0]?.say({ topic: 'device:a', ts: 1, data: { deviceId: 'a', receivedAt: 1 } });
  assert.equal(heard.length, 2);
  assert.deepEqual(topics(far.sockets[0]?.sent ?? [], 'subscribe'), ['device:a']);
  ends[0]?.();
  assert.deepEqual(topics(far.sockets[0]?.sent ?? [], 'unsubscribe'), []);
  ends[1]?.();
  assert.deepEqual(topics(far.sockets[0]?.sent ?? [], 'unsubscribe'), ['device:a']);
});

test('after a loss it says since when nothing was heard, tries again and asks for all topics', async (t) => {
  const { far, connection, tick } = setUp(t);
  connection.start();
  connection.subscribe('device:a', () => undefined);
  connection.subscribe('fleet', () => undefined);
  await settle();
  far.sockets[0]?.accept();
  assert.equal(connection.state().state, 'live');
  tick(700);
  far.sockets[0]?.say({ pong: 1_000_000, now: 1_000_000 });
  const heardAt = Date.now();
  tick(300);
  far.sockets[0]?.close();
  assert.deepEqual(connection.state(), { state: 'reconnecting', since: heardAt, delayMs: null, epoch: 1 });
  tick(500);
  await settle();
  far.sockets[1]?.accept();
  assert.deepEqual(topics(far.sockets[1]?.sent ?? [], 'subscribe'), ['device:a', 'fleet']);
  assert.equal(connection.state().epoch, 2);
});

test('waits grow up to a bound and begin anew after a success', async (t) => {
  const { far, connection, tick } = setUp(t);
  connection.start();
  await settle();
  const waits: number[] = [];
  for (let attempt = 0; attempt < 8; attempt++) {
    const before = far.sockets.length;
    far.sockets.at(-1)?.close();
    let waited = 0;
    for (; far.sockets.length === before; waited += 100) {
      tick(100);
      await settle();
    }
    waits.push(waited);
  }
  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 8000, 8000, 8000]);
  far.sockets.at(-1)?.accept();
  const before = far.sockets.length;
  far.sockets.at(-1)?.close();
  tick(500);
  await settle();
  assert.equal(far.sockets.length, before + 1);
});

test('a server that falls silent is given up within 40 s, one that only answers pings is not', async (t) => {
  const { far, connection, tick } = setUp(t);
  connection.start();
  await settle();
  const socket = far.sockets[0];
  socket?.accept();
  for (let second = 0; second < 120; second++) {
    tick(1000);
    const ping = socket?.sent.findLast((request) => 'ping' in request)?.ping;
    socket?.say({ pong: ping, now: Date.now() });
  }
  assert.equal(connection.state().state, 'live');
  for (let second = 0; second < 40; second++) tick(1000);
  assert.equal(connection.state().state, 'reconnecting');
});

test('without a network it says so, and tries at once when the network is back', async (t) => {
  const online = { now: true };
  const { far, connection, tick } = setUp(t, online);
  connection.start();
  await settle();
  far.sockets[0]?.accept();
  online.now = false;
  far.sockets[0]?.close();
  assert.equal(connection.state().state, 'offline');
  online.now = true;
  tick(1000);
  assert.equal(connection.state().state, 'reconnecting');
  connection.retry();
  await settle();
  far.sockets.at(-1)?.accept();
  assert.equal(connection.state().state, 'live');
});

test('the delay compares the server’s receipt with this screen’s clock, corrected by the pings', async (t) => {
  const { far, connection, tick } = setUp(t);
  connection.start();
  connection.subscribe('device:a', () => undefined);
  await settle();
  far.sockets[0]?.accept();
  far.sockets[0]?.say({ pong: Date.now(), now: Date.now() + 5000 });
  far.sockets[0]?.say({ topic: 'device:a', ts: 0, data: { deviceId: 'a', receivedAt: Date.now() + 5000 - 38 } });
  tick(1000);
  assert.equal(connection.state().delayMs, 38);
  assert.equal(connection.serverNow(), Date.now() + 5000);
});

test('a connection that was stopped stays so', async (t) => {
  const { far, connection, tick } = setUp(t);
  connection.start();
  await settle();
  far.sockets[0]?.accept();
  connection.stop();
  tick(60_000);
  await settle();
  assert.equal(far.sockets.length, 1);
});
