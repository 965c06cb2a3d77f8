import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { DeviceEvent } from '@muster/contract/telemetry';
import { bodyOf } from '@muster/testkit/api';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { until } from '@muster/testkit/until';

let server: TestServer;
before(async () => {
  server = await startTestServer({ home: 'outside' });
});
after(() => server.stop());

const COMINGS = 100;

test('of a device that comes and goes while the store is away a few changes wait, and the newest is stored', async () => {
  const device = await server.createDevice();
  await (await server.connect(device)).end();
  const changes = async () => {
    const rows = await server.admin<{ data: { from: string; to: string } }>(
      `select data from events where type = 'muster.status' and device = (select number from devices where device_id = $1) order by id`,
      [device.deviceId],
    );
    return rows.map(({ data }) => data);
  };
  const path = `/devices/${device.deviceId}/events`;
  const told = async () => (await bodyOf(server.api.get<{ items: DeviceEvent[] }>(path))).items.length;
  await until(async () => (await told()) === 2, 'it came and went');
  await server.outside().pause();
  for (let n = 0; n < COMINGS; n++) await (await server.connect(device)).end();
  const last = await server.connect(device);
  const metrics = await (await server.api.fetch('/metrics')).text();
  const waiting = Number(/^muster_events_pending (\d+)$/m.exec(metrics)?.[1]);
  assert.ok(waiting > 0 && waiting < COMINGS / 4, `${waiting} changes wait`);
  await server.outside().resume();
  await until(async () => (await server.anybody.fetch('/health/ready')).status === 200, 'the store is back');
  await until(async () => (await changes()).at(-1)?.to === 'online', 'that it is there is stored');
  const all = await changes();
  for (const [index, { from, to }] of all.entries()) {
    assert.notEqual(from, to);
    if (index > 0) assert.equal(from, all[index - 1]?.to, 'each begins where the one before it ended');
  }
  await last.end();
  await until(async () => (await changes()).at(-1)?.to === 'offline', 'and that it left');
});

test('a device that takes its leave is told from one whose connection was lost', async () => {
  const device = await server.createDevice();
  const reasons = async () => {
    const { items } = await bodyOf(server.api.get<{ items: DeviceEvent[] }>(`/devices/${device.deviceId}/events`));
    return items.map(({ data }) => (data as { reason: string }).reason);
  };
  await (await server.connect(device)).end();
  await until(async () => (await reasons())[0] === 'disconnected', 'it left');
  await (await server.connect(device)).drop();
  await until(async () => (await reasons())[0] === 'connection lost', 'it was lost');
});
