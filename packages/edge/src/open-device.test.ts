import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, beforeEach, test } from 'node:test';
import { type DurableDevice, type DurableDeviceOptions, openDevice } from './durable-device.ts';
import { startBroker, until } from './testing/broker.ts';

const broker = await startBroker();
const place = mkdtempSync(join(tmpdir(), 'muster-open-'));
const NOON = Date.UTC(2026, 5, 1, 12);
const open = new Set<DurableDevice>();
let directories = 0;
let directory = '';

beforeEach(() => {
  directory = join(place, String(++directories));
  Object.assign(broker, { arrivals: [], refusing: false, holding: false });
});
afterEach(async () => {
  await Promise.all([...open].map((device) => device.stop(0)));
  open.clear();
});
after(async () => {
  await broker.stop();
  rmSync(place, { recursive: true });
});

/** A device that thinks it is 1970, whatever it is told. */
function begin(boot: string, at: { ms: number }, more: Partial<DurableDeviceOptions> = {}): DurableDevice {
  const device = openDevice({
    directory,
    url: broker.url,
    server: 'http://127.0.0.1:1',
    askServer: async () => NOON,
    organization: 'acme',
    deviceId: 'd1',
    token: 'secret',
    backOff: { firstMs: 5, maximumMs: 20 },
    clock: { boot, monotonic: () => at.ms, wall: () => at.ms },
    ...more,
  });
  open.add(device);
  return device;
}
async function end(device: DurableDevice, deadlineMs = 5000): Promise<boolean> {
  open.delete(device);
  return device.stop(deadlineMs);
}
const away = { url: 'mqtt://127.0.0.1:1', askServer: () => Promise.reject(new Error('away')) };
const said = (room: string) =>
  broker.arrivals.filter(({ topic }) => topic === `devices/d1/${room}`).map(({ payload }) => JSON.parse(payload));

test('a device of 1970: what it measured before it knew the time gets the right one', async () => {
  const at = { ms: 1000 };
  const device = begin('first', at);
  device.telemetry({ p: 1 });
  device.event('door_opened', { by: 'hand' });
  at.ms = 61_000;
  device.telemetry({ p: 2 });
  await device.start();
  assert.equal(await end(device), true);
  const noon = NOON + 500;
  assert.deepEqual(
    said('telemetry').map(({ ts, seq, quality, values }) => [ts - noon, seq, quality, values.p]),
    [
      [-60_000, 1, undefined, 1],
      [0, 3, undefined, 2],
    ],
  );
  assert.deepEqual(said('events'), [{ ts: noon - 60_000, type: 'door_opened', data: { by: 'hand' } }]);
});

test('what a start measured that never reached the server comes later as an estimate, and says so', async () => {
  const at = { ms: 10_000 };
  const first = begin('first', at, away);
  await first.start();
  first.telemetry({ p: 1, q: 2 }, { q: 'bad' });
  at.ms = 40_000;
  first.telemetry({ p: 2, q: 2 });
  await end(first, 0);
  at.ms = 5000;
  const second = begin('second', at);
  second.telemetry({ p: 3, q: 2 });
  await second.start();
  assert.equal(await end(second), true);
  const start = NOON + 500 - 5000;
  assert.deepEqual(
    said('telemetry').map(({ ts, quality, values }) => [ts - start, quality, values.p]),
    [
      [-30_000, { p: 'uncertain', q: 'bad' }, 1],
      [0, { p: 'uncertain', q: 'uncertain' }, 2],
      [5000, undefined, 3],
    ],
  );
  const [one, two, three] = said('telemetry').map(({ boot, seq }) => ({ boot, seq }));
  assert.deepEqual([one?.seq, two?.seq, three?.seq], [1, 2, 1]);
  assert.notEqual(two?.boot, three?.boot);
});

test('a server that tells no time is not waited for longer than patience lasts', async () => {
  const at = { ms: 1000 };
  const device = begin('first', at, {
    askServer: away.askServer,
    clock: { boot: 'first', wall: () => 0, patienceMs: 30 },
  });
  device.telemetry({ p: 1 });
  await device.start();
  await until(() => said('telemetry').length === 1, 'it is sent');
  const [{ ts, quality }] = said('telemetry');
  assert.deepEqual([ts, quality], [undefined, { p: 'uncertain' }]);
});

test('damaged databases are put aside and told, and life goes on', async () => {
  const at = { ms: 1000 };
  const first = begin('first', at, away);
  first.telemetry({ p: 1 });
  await first.start();
  await end(first, 0);
  for (const name of ['queue.sqlite', 'state.sqlite']) writeFileSync(join(directory, name), 'nothing '.repeat(1000));
  const second = begin('first', at);
  second.telemetry({ p: 2 });
  await second.start();
  assert.equal(await end(second), true);
  assert.deepEqual(
    said('telemetry').map(({ values }) => values.p),
    [2],
  );
  const kinds = said('events').map(({ type, data }) => [type, data.reason ?? data.aside.split('.damaged')[0]]);
  assert.deepEqual(kinds.sort(), [
    ['queue_gap', 'damaged'],
    ['state_lost', 'state.sqlite'],
  ]);
  assert.equal(readdirSync(directory).filter((name) => name.includes('.damaged-')).length, 2);
});

test('two processes can not be the same device on one directory', async () => {
  const at = { ms: 1000 };
  begin('first', at);
  assert.throws(() => begin('first', at), /locked/);
});
