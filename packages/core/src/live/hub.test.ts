import assert from 'node:assert/strict';
import { mock, type TestContext, test } from 'node:test';
import { genericDeviceType } from '@muster/contract/solution';
import type { Channel, StoredMessage } from '../telemetry/index.ts';
import { createDelayMeter } from './delay.ts';
import { createHub, type Hub, type Watcher } from './hub.ts';

const NEXT_FLUSH_MS = 100;
const MORE_THAN_A_CLIENT_READS = 65 * 1024;

interface TestWatcher extends Watcher {
  heard: { topic: string; data: { deviceId: string; values: Record<string, { value: unknown }> } }[];
  unread: number;
}

function watcher(organization = 1): TestWatcher {
  const self: TestWatcher = {
    organization,
    organizationId: 'o',
    actorId: 'somebody',
    seesAll: true,
    followsPlaces: () => false,
    heard: [],
    unread: 0,
    send: (text) => void self.heard.push(JSON.parse(text)),
    waiting: () => self.unread,
  };
  return self;
}

const channel = (deviceId: string, organization = 1): Channel => {
  const count = () => ({ received: 0, stored: 0, duplicates: 0, pending: 0, rejected: {} });
  return {
    number: 1,
    deviceId,
    organization: { id: 'o', number: organization, slug: 'o', count: count(), rawMs: 0, dirty: false },
    type: genericDeviceType,
    count: count(),
    boots: new Map(),
    layouts: [],
    names: new Set(),
    otherLatest: new Map(),
    status: 'online',
    connections: 1,
    lastSeen: 7,
    dirty: false,
    closed: false,
    watchers: 0,
  };
};

const layout: StoredMessage['layout'] = {
  id: 1,
  organization: 1,
  metrics: ['a', 'b'],
  index: new Map([
    ['a', 0],
    ['b', 1],
  ]),
  low: new Float64Array(2),
  high: new Float64Array(2),
};

const stored = (on: Channel, ts: number, a: number, b = Number.NaN): StoredMessage => ({
  channel: on,
  layout,
  ts,
  receivedAt: ts,
  values: Float64Array.of(a, b),
  quality: null,
  other: null,
});

function started(t: TestContext): Hub {
  mock.timers.enable({ apis: ['setInterval'] });
  const delay = createDelayMeter();
  const hub = createHub(delay);
  hub.start();
  t.after(() => {
    hub.stop();
    delay.stop();
    mock.timers.reset();
  });
  return hub;
}

const valuesOf = ({ heard }: TestWatcher) =>
  heard.map(({ data }) => Object.fromEntries(Object.entries(data.values).map(([name, { value }]) => [name, value])));

test('a client that keeps up gets every message at once', (t) => {
  const hub = started(t);
  const device = channel('d');
  const screen = watcher();
  hub.watch(screen, 'device:d', [device], {});
  for (let n = 1; n <= 50; n++) hub.onStored(stored(device, n, n));
  assert.deepEqual(
    valuesOf(screen),
    Array.from({ length: 50 }, (_, index) => ({ a: index + 1 })),
  );
});

test('watched again with other devices, a topic keeps those that stay without a gap, and what waits of them', (t) => {
  const hub = started(t);
  const [stays, goes, comes] = [channel('stays'), channel('goes'), channel('comes')];
  const screen = watcher();
  hub.watch(screen, 'place:p', [stays, goes], { collects: true });
  hub.onStored(stored(stays, 1, 1));
  hub.onStored(stored(goes, 1, 2));
  hub.watch(screen, 'place:p', [stays, comes], { collects: true });
  hub.onStored(stored(goes, 2, 3));
  hub.onStored(stored(comes, 2, 4));
  mock.timers.tick(NEXT_FLUSH_MS);
  assert.deepEqual(valuesOf(screen), [{ a: 1 }, { a: 4 }]);
  assert.deepEqual([stays.watchers, goes.watchers, comes.watchers], [1, 0, 1]);
  hub.leave(screen);
  assert.deepEqual([stays.watchers, comes.watchers], [0, 0]);
});

test('a slow client gets the newest value of each metric when it reads again, and no queue grows for it', (t) => {
  const hub = started(t);
  const device = channel('d');
  const screen = watcher();
  hub.watch(screen, 'device:d', [device], {});
  screen.unread = MORE_THAN_A_CLIENT_READS;
  hub.onStored(stored(device, 1, 1, 100));
  for (let n = 2; n <= 10_000; n++) hub.onStored(stored(device, n, n));
  mock.timers.tick(NEXT_FLUSH_MS * 3);
  assert.equal(screen.heard.length, 0, 'nothing is pushed at who does not read');
  screen.unread = 0;
  mock.timers.tick(NEXT_FLUSH_MS);
  assert.deepEqual(valuesOf(screen), [{ a: 10_000, b: 100 }]);
  hub.onStored(stored(device, 10_001, 5));
  assert.deepEqual(valuesOf(screen).at(-1), { a: 5 }, 'and at once again from then on');
});

test('late data does not shadow the newest value of a slow client', (t) => {
  const hub = started(t);
  const device = channel('d');
  const screen = watcher();
  hub.watch(screen, 'device:d', [device], {});
  screen.unread = MORE_THAN_A_CLIENT_READS;
  hub.onStored(stored(device, 1000, 9));
  hub.onStored(stored(device, 500, 4));
  screen.unread = 0;
  mock.timers.tick(NEXT_FLUSH_MS);
  assert.deepEqual(valuesOf(screen), [{ a: 9 }]);
});

test('one slow client holds nobody else up', (t) => {
  const hub = started(t);
  const device = channel('d');
  const [slow, quick] = [watcher(), watcher()];
  hub.watch(slow, 'device:d', [device], {});
  hub.watch(quick, 'device:d', [device], {});
  slow.unread = MORE_THAN_A_CLIENT_READS;
  for (let n = 1; n <= 100; n++) hub.onStored(stored(device, n, n));
  assert.equal(quick.heard.length, 100);
  assert.equal(slow.heard.length, 0);
});

test('a place collects: each of its devices is sent once per turn, with its newest values', (t) => {
  const hub = started(t);
  const devices = [channel('one'), channel('two')];
  const screen = watcher();
  hub.watch(screen, 'place:p', devices, { collects: true });
  for (let n = 1; n <= 100; n++) for (const device of devices) hub.onStored(stored(device, n, n));
  assert.equal(screen.heard.length, 0);
  mock.timers.tick(NEXT_FLUSH_MS);
  assert.deepEqual(
    screen.heard.map(({ topic, data }) => [topic, data.deviceId]),
    [
      ['place:p', 'one'],
      ['place:p', 'two'],
    ],
  );
  assert.deepEqual(valuesOf(screen), [{ a: 100 }, { a: 100 }]);
  mock.timers.tick(NEXT_FLUSH_MS * 5);
  assert.equal(screen.heard.length, 2, 'and no more without news');
});

test('a metric topic hears its own metric only', (t) => {
  const hub = started(t);
  const device = channel('d');
  const screen = watcher();
  hub.watch(screen, 'metric:d/b', [device], { metric: 'b' });
  hub.onStored(stored(device, 1, 1));
  hub.onStored(stored(device, 2, 2, 20));
  assert.deepEqual(valuesOf(screen), [{ b: 20 }]);
  hub.onEvent(device, { type: 'door', ts: 3, receivedAt: 3, data: {} });
  assert.equal(screen.heard.length, 1, 'nor an event of the device');
});

test('whoever leaves costs nothing any more', (t) => {
  const hub = started(t);
  const device = channel('d');
  const screen = watcher();
  hub.watch(screen, 'device:d', [device], {});
  hub.watch(screen, 'device:d', [device], {});
  hub.watch(screen, 'metric:d/a', [device], { metric: 'a' });
  hub.watchFleet(screen);
  assert.equal(device.watchers, 2, 'a topic that is watched already stays as it is');
  assert.equal(hub.watchers, 1);
  hub.unwatch(screen, 'metric:d/a');
  assert.equal(device.watchers, 1);
  hub.leave(screen);
  assert.equal(device.watchers, 0);
  assert.equal(hub.watchers, 0);
  assert.deepEqual([...hub.organizationsWatched()], []);
  hub.onStored(stored(device, 1, 1));
  hub.onStatus(device, 'offline', 1);
  assert.equal(screen.heard.length, 0);
});

test('what waits for a client is gone when it unsubscribes', (t) => {
  const hub = started(t);
  const device = channel('d');
  const screen = watcher();
  hub.watch(screen, 'place:p', [device], { collects: true });
  hub.onStored(stored(device, 1, 1));
  hub.unwatch(screen, 'place:p');
  mock.timers.tick(NEXT_FLUSH_MS * 2);
  assert.equal(screen.heard.length, 0);
});

test('the fleet’s status changes reach the watchers of the same organization', (t) => {
  const hub = started(t);
  const [own, foreign, slow] = [watcher(1), watcher(2), watcher(1)];
  for (const each of [own, foreign, slow]) hub.watchFleet(each);
  slow.unread = MORE_THAN_A_CLIENT_READS;
  hub.onStatus(channel('d'), 'offline', 5);
  hub.tellFigures(1, { messagesPerSecond: 3, pointsPerSecond: 30 });
  assert.deepEqual(
    own.heard.map(({ topic, data }) => [topic, data]),
    [
      ['fleet', { deviceId: 'd', status: 'offline', lastSeenAt: 7 }],
      ['fleet', { figures: { messagesPerSecond: 3, pointsPerSecond: 30 } }],
    ],
  );
  assert.equal(foreign.heard.length, 0);
  assert.equal(slow.heard.length, 0, 'it asks for the whole list when it is back');
});
