import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, beforeEach, test } from 'node:test';
import { createRandom } from './random.ts';
import { type Broker, startBroker, until } from './testing/broker.ts';
import { type DeviceProcess, type DeviceProcessWish, startDeviceProcess } from './testing/device-process-wish.ts';

const broker: Broker = await startBroker();
const place = mkdtempSync(join(tmpdir(), 'muster-device-'));
const running = new Set<DeviceProcess>();
let directories = 0;
let directory = '';

beforeEach(() => {
  directory = join(place, String(++directories));
  Object.assign(broker, { arrivals: [], connections: [], refusing: false, holding: false, onSubscribe: undefined });
});
afterEach(async () => {
  await Promise.all([...running].map((device) => device.kill()));
  running.clear();
});
after(async () => {
  await broker.stop();
  rmSync(place, { recursive: true });
});

function begin(wish: Partial<DeviceProcessWish> = {}, crashAt?: number): DeviceProcess {
  const device = startDeviceProcess({ directory, url: broker.url, boot: 'boot-1', ...wish }, crashAt);
  running.add(device);
  return device;
}
const says = (device: DeviceProcess, what: string) => until(() => device.said.some((line) => what in line), what);
const online = (device: DeviceProcess) =>
  until(() => device.said.some(({ state }) => state === 'online'), 'it is online');
const telemetry = () =>
  broker.arrivals
    .filter(({ topic }) => topic.endsWith('/telemetry'))
    .map(({ payload }) => JSON.parse(payload) as { boot: string; seq: number; values: { number: number } });
const answers = (id: string) =>
  broker.arrivals
    .filter(({ topic }) => topic === `devices/d1/commands/${id}/result`)
    .map(({ payload }) => JSON.parse(payload));
const reports = () =>
  broker.arrivals
    .filter(({ topic }) => topic === 'devices/d1/configuration/reported')
    .map(({ payload }) => JSON.parse(payload));

/** What the store keeps: each boot and seq once, in the order in which they first came. */
function stored() {
  const seen = new Set<string>();
  return telemetry().filter(({ boot, seq }) => !seen.has(`${boot}/${seq}`) && seen.add(`${boot}/${seq}`));
}

test('killed in the middle of its writing, again and again, it loses nothing that it took, and sends it in order', async () => {
  const random = createRandom(5);
  const took: unknown[] = [];
  for (let life = 1; life <= 8; life++) {
    const device = begin({ measures: true, life, ...(life % 2 === 0 && { url: 'mqtt://127.0.0.1:1' }) });
    const enough = 20 + random() * 100;
    await until(() => device.said.filter((line) => 'took' in line).length > enough, 'messages that were taken');
    await device.kill();
    took.push(...device.said.flatMap((line) => ('took' in line ? [line.took] : [])));
  }
  const last = begin();
  await online(last);
  await until(() => stored().length >= took.length, 'everything has arrived');
  await last.stop();
  const kept = stored();
  assert.deepEqual(
    kept.map(({ seq }) => seq),
    Array.from({ length: kept.length }, (_, index) => index + 1),
  );
  assert.equal(new Set(kept.map(({ boot }) => boot)).size, 1);
  // one that was on the disk when the kill came may be there without having been said
  assert.ok(kept.length - took.length <= 8 * 5, `${kept.length} of ${took.length}`);
  const said = new Set(took);
  let life = 1;
  const missing = new Set(said);
  for (const { values } of kept) {
    if (values.number === 1 && missing.size < said.size) life++;
    missing.delete(`${life}/${values.number}`);
  }
  assert.deepEqual([...missing], []);
});

test('its directory is for its user alone', async () => {
  const device = begin();
  await says(device, 'started');
  assert.equal(statSync(directory).mode & 0o777, 0o700);
});

test('the same command twice runs once, over a kill as well', async () => {
  const command = JSON.stringify({ name: 'count-up', params: { by: 1 } });
  const first = begin();
  await online(first);
  await until(() => broker.connections.length === 1, 'the connection');
  const subscribed = new Promise<void>((resolve) => (broker.onSubscribe = () => resolve()));
  broker.cut();
  await subscribed;
  await broker.publish('devices/d1/commands/c1', command);
  await broker.publish('devices/d1/commands/c1', command);
  await until(() => answers('c1').some(({ state }) => state === 'succeeded'), 'the result');
  await first.kill();
  broker.arrivals = [];
  const again = new Promise<void>((resolve) => (broker.onSubscribe = () => resolve()));
  const second = begin();
  await again;
  await broker.publish('devices/d1/commands/c1', command);
  await until(() => answers('c1').some(({ state }) => state === 'succeeded'), 'the result again');
  const ran = [first, second].flatMap(({ said }) => said.filter((line) => 'ran' in line));
  assert.equal(ran.length, 1);
});

for (const [name, answer] of [
  ['hang', { state: 'failed', error: 'interrupted: whether it took effect is not known' }],
  ['hang-once', { state: 'succeeded', result: 'again' }],
] as const) {
  test(`killed while it runs ${name}, it answers ${answer.state}`, async () => {
    const subscribed = new Promise<void>((resolve) => (broker.onSubscribe = () => resolve()));
    const first = begin();
    await subscribed;
    await broker.publish('devices/d1/commands/c1', JSON.stringify({ name, params: {} }));
    await says(first, 'hangs');
    await first.kill();
    const second = begin({ isSecond: true });
    await until(() => answers('c1').some(({ state }) => state !== 'acknowledged'), 'the outcome');
    assert.deepEqual(answers('c1').at(-1), answer);
    await second.stop();
  });
}

const held = () => JSON.parse(readFileSync(join(directory, 'applied.json'), 'utf8'));
const desired = JSON.stringify({ version: 1, configuration: { color: 'red' } });
const desireAtSubscription = () => {
  broker.onSubscribe = () => void broker.publish('devices/d1/configuration/desired', desired);
};

test('the server away between applied and reported: the change is taken back, and told when it is there again', async () => {
  broker.onSubscribe = () => {
    broker.onSubscribe = undefined;
    void broker.publish('devices/d1/configuration/desired', desired).then(() => {
      broker.refusing = true;
      broker.holding = true;
    });
  };
  const device = begin({ confirmMs: 300 });
  await until(() => device.said.some(({ applied }) => JSON.stringify(applied) === '{"color":"red"}'), 'it is applied');
  broker.cut();
  await until(() => device.said.some(({ outcome }) => outcome === 'reverted'), 'it is taken back');
  assert.deepEqual(held(), { color: 'none' });
  Object.assign(broker, { refusing: false, holding: false, arrivals: [] });
  await until(() => reports().length > 0, 'the report');
  const { version, failed } = reports().at(-1);
  assert.deepEqual([version, failed.version, failed.reverted], [0, 1, true]);
});

test('a configuration that kills the device is tried twice, then taken back', async () => {
  desireAtSubscription();
  for (let life = 1; life <= 2; life++) assert.equal(await begin({ diesAfterApplying: 'red' }).ended, 'SIGKILL');
  const third = begin({ diesAfterApplying: 'red' });
  await until(() => reports().some(({ failed }) => failed?.reverted), 'the report');
  assert.deepEqual(held(), { color: 'none' });
  await third.stop();
});

test('a power cut at any durable step of a change leaves the state before or after, never between', async () => {
  desireAtSubscription();
  let cuts = 0;
  for (let at = 1; ; at++) {
    directory = join(place, `cut-${at}`);
    broker.arrivals = [];
    const device = begin({}, at);
    const settled = until(() => device.said.some(({ outcome }) => outcome === 'held'), 'it is held');
    const ended = await Promise.race([device.ended, settled.then(() => undefined)]);
    settled.catch(() => undefined);
    if (ended === undefined) {
      await device.stop();
      break;
    }
    assert.equal(ended, 'SIGKILL');
    cuts++;
    // it comes up again: what it holds is one of the two, and in force is what it holds
    const next = begin();
    await says(next, 'started');
    await until(() => next.said.some(({ outcome }) => outcome === 'held') || held().color === 'red', 'it settles');
    await until(() => reports().some(({ version }) => version === 1), 'the report');
    assert.ok(next.said.every(({ outcome }) => outcome === undefined || outcome === 'held'));
    assert.deepEqual(held(), { color: 'red' });
    await next.stop();
    running.clear();
  }
  assert.ok(cuts >= 6, `${cuts} cuts`);
});

test('a power cut at any durable step of taking a change back leaves the device as it was before the change', async () => {
  let cuts = 0;
  for (let at = 1; ; at++) {
    directory = join(place, `back-${at}`);
    Object.assign(broker, { arrivals: [], refusing: false });
    // the server is away from the moment in which the change has come
    broker.onSubscribe = () => {
      broker.onSubscribe = undefined;
      void broker.publish('devices/d1/configuration/desired', desired).then(() => {
        broker.refusing = true;
        broker.holding = true;
      });
    };
    const device = begin({ confirmMs: 20 }, at);
    const isBack = until(() => device.said.some(({ outcome }) => outcome === 'reverted'), 'it is taken back');
    const ended = await Promise.race([device.ended, isBack.then(() => undefined)]);
    isBack.catch(() => undefined);
    broker.refusing = true;
    broker.release();
    if (ended === undefined) {
      await device.kill();
      break;
    }
    cuts++;
    const next = begin({ confirmMs: 20 });
    await says(next, 'started');
    const triesAgain = next.said.some(({ applied }) => JSON.stringify(applied) === '{"color":"red"}');
    if (triesAgain) await says(next, 'outcome');
    assert.deepEqual(held(), { color: 'none' });
    await next.kill();
    running.clear();
  }
  assert.ok(cuts >= 6, `${cuts} cuts`);
});
