import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Place } from '@muster/contract/places';
import type { Installation, Overview } from '@muster/contract/system';
import { bodyOf, createApi, problemOf } from '@muster/testkit/api';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { until } from '@muster/testkit/until';

let server: TestServer;
before(async () => {
  server = await startTestServer({ home: 'outside', version: '1.2.3' });
});
after(() => server.stop());

const metrics = async (api = server.api) => {
  const response = await api.fetch('/metrics');
  assert.equal(response.status, 200);
  return response.text();
};
const sample = (text: string, name: string) => {
  const value = text
    .split('\n')
    .find((line) => line.startsWith(`${name} `))
    ?.split(' ')[1];
  assert.ok(value !== undefined, name);
  return Number(value);
};

test('health is one word for anybody, and every component for who signed in', async () => {
  for (const prefix of ['', '/api/v1']) {
    for (const [path, status] of [
      ['/health/live', 'live'],
      ['/health/ready', 'ready'],
    ]) {
      const response = await server.anybody.fetch(`${prefix}${path}`);
      assert.equal(response.status, 200);
      assert.deepEqual(await response.json(), { status });
    }
  }
  await problemOf(server.anybody.get('/health'), 401);
  const redirected = await server.anybody.fetch('/health', { redirect: 'manual' });
  assert.equal(redirected.headers.get('location'), '/api/v1/health');
  const health = await bodyOf(
    server.api.get<{ status: string; components: Record<string, { status: string }> }>('/health'),
  );
  assert.equal(health.status, 'up');
  assert.deepEqual(
    Object.entries(health.components).map(([name, { status }]) => [name, status]),
    [
      ['store', 'up'],
      ['broker', 'up'],
      ['database', 'up'],
      ['disk', 'up'],
      ['mail', 'off'],
    ],
  );
});

test('while the store is away it is live, not ready, and says what is down', async () => {
  const device = await server.createDevice();
  const client = await server.connect(device);
  await client.telemetry({ values: { a: 0 } });
  await server.outside().pause();
  const waiting = client.telemetry({ values: { a: 1 } });
  await until(async () => (await server.anybody.fetch('/health/ready')).status === 503, 'not ready');
  const answer = await server.anybody.get('/health/ready');
  await problemOf(answer, 503);
  assert.ok(answer.headers.get('retry-after'));
  assert.equal((await server.anybody.fetch('/health/live')).status, 200);
  await server.outside().resume();
  await waiting;
  await until(async () => (await server.anybody.fetch('/health/ready')).status === 200, 'ready again');
  await client.end();
});

test('the store is away and devices send events only: it is said all the same, and they are told to come again', async () => {
  const device = await server.createDevice();
  const client = await server.connect(device);
  const topic = `devices/${device.deviceId}/events`;
  await client.publish(topic, { type: 'told' });
  await server.outside().pause();
  const waiting = client.publish(topic, { type: 'told' });
  await until(async () => (await server.anybody.fetch('/health/ready')).status === 503, 'not ready');
  await problemOf(device.api.post('/device/events', { type: 'told' }), 503);
  await server.outside().resume();
  await waiting;
  await until(async () => (await server.anybody.fetch('/health/ready')).status === 200, 'ready again');
  await until(
    async () => (await device.api.post('/device/events', { type: 'told' })).status === 200,
    'events are taken',
  );
  await client.end();
});

test('Prometheus reads the metrics with the token of the data directory, a person with the permission, and nobody else', async () => {
  const file = join(server.dataDir, 'metrics-token');
  const token = (await readFile(file, 'utf8')).trim();
  assert.match(token, /^mm_[A-Za-z0-9_-]{43}$/);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  const prometheus = (given: string) =>
    createApi(
      () => server.http,
      () => given,
    );
  const text = await metrics(prometheus(token));
  assert.match(text, /^# HELP muster_telemetry_messages_total /m);
  assert.equal((await prometheus(token).get('/metrics')).status, 200);
  await metrics(server.api);
  const device = await server.createDevice();
  for (const wrong of [`${token}x`, token.slice(0, -1), 'mm_', device.token]) {
    assert.equal((await prometheus(wrong).fetch('/metrics')).status, 401, wrong.slice(0, 10));
  }
  assert.equal((await server.anybody.fetch('/metrics')).status, 401);
  assert.equal((await prometheus(token).get('/devices')).status, 401, 'the token opens nothing else');
});

test('the metrics count what happened', async () => {
  const device = await server.createDevice();
  const before = await metrics();
  const client = await server.connect(device);
  await client.telemetry(Array.from({ length: 50 }, (_, seq) => ({ boot: 'b', seq, values: { a: 1, b: 2, c: 'x' } })));
  await client.telemetry({ boot: 'b', seq: 0, values: { a: 1 } });
  await client.telemetry('nonsense');
  const after = await metrics();
  const grew = (name: string) => sample(after, name) - sample(before, name);
  assert.equal(grew('muster_telemetry_messages_total'), 50);
  assert.equal(grew('muster_telemetry_points_total'), 150);
  assert.ok(grew('muster_telemetry_commits_total') >= 1);
  assert.equal(grew('muster_mqtt_connections'), 1);
  const state = (name: string) => grew(`muster_ledger_messages{state="${name}"}`);
  assert.deepEqual(['received', 'stored', 'duplicates', 'rejected', 'pending'].map(state), [52, 50, 1, 1, 0]);
  assert.equal(sample(after, 'muster_store_away'), 0);
  assert.match(after, /muster_http_request_seconds_count\{method="POST",route="\/api\/v1\/devices",status="201"\} \d+/);
  await client.end();
});

test('routes stand in the metrics by their pattern, so that no name of a device makes a series of its own', async () => {
  for (const id of ['a', 'b', 'c']) await server.api.get(`/devices/${id}-secret`);
  await server.anybody.fetch('/no/such/page');
  const text = await metrics();
  assert.ok(!text.includes('secret') && !text.includes('/no/such'));
});

test('the installation tells its figures and the addresses that devices connect to', async () => {
  const installation = await bodyOf(server.api.get<Installation>('/installation'));
  assert.equal(installation.version, '1.2.3');
  assert.equal(installation.http.url, server.http);
  assert.equal(installation.mqtt.url, server.mqtt);
  assert.ok(installation.storage.usedBytes > 1_000_000);
  assert.equal(installation.storage.freeBytes, null, 'an outside database lies on another disk');
  assert.ok(Date.parse(installation.startedAt) <= Date.now());
});

test('the overview counts devices by status, for every root place and for those without one', async () => {
  const away = await server.organization('away');
  const site = await bodyOf(away.api.post<Place>('/places', { name: 'Site', kind: 'site' }), 201);
  const hall = await bodyOf(away.api.post<Place>('/places', { name: 'Hall', kind: 'hall', parentId: site.id }), 201);
  const inHall = await away.createDevice({ deviceId: 'in-hall', placeId: hall.id });
  await away.createDevice({ deviceId: 'at-site', placeId: site.id });
  await away.createDevice({ deviceId: 'nowhere' });
  await bodyOf(inHall.api.post('/device/heartbeat'));
  const overview = (placeId?: string) => bodyOf(away.api.get<Overview>('/overview', { query: { placeId } }));
  const whole = await overview();
  assert.deepEqual(whole.devices, { total: 3, online: 1, offline: 0, error: 0, maintenance: 0, pending: 2 });
  assert.deepEqual(
    whole.tiles.map(({ placeId, places, devices, dots }) => [
      placeId,
      places,
      devices.total,
      dots.map(({ deviceId }) => deviceId),
    ]),
    [
      [site.id, 1, 2, ['at-site', 'in-hall']],
      [null, 0, 1, ['nowhere']],
    ],
  );
  const below = await overview(site.id);
  assert.equal(below.devices.total, 2);
  assert.deepEqual(below.tiles.map(({ placeId }) => placeId).toSorted(), [hall.id, null].toSorted());
  await until(async () => (await overview()).changes.length === 1, 'the change is stored');
  const [change] = (await overview()).changes;
  assert.deepEqual([change?.deviceId, change?.from, change?.to], ['in-hall', 'pending', 'online']);
  assert.equal(
    (await bodyOf(server.api.get<Overview>('/overview'))).tiles.length <= 1,
    true,
    'and the other sees none of it',
  );
  await problemOf(away.api.get('/overview', { query: { placeId: 'x' } }), 400);
});

test('no log line holds a token, a password, a cookie or a ticket', async () => {
  const device = await server.createDevice();
  const { cookie, accessToken } = await server.signIn();
  const { ticket } = await bodyOf(server.api.post<{ ticket: string }>('/live/ticket'));
  await server.anybody.get('/live', { query: { ticket } });
  await server.anybody.post('/auth/login', { username: 'x', password: 'a secret that nobody must read' });
  await (await server.connect(device)).end();
  await server.connect({ ...device, token: 'md_wrong-token-in-the-log' }).catch(() => undefined);
  const text = server.log.join('');
  assert.ok(text.includes('a device was refused'));
  for (const secret of [device.token, cookie.slice(-40), accessToken, ticket, 'a secret that', 'md_wrong']) {
    assert.ok(!text.includes(secret), secret.slice(0, 12));
  }
  for (const line of server.log) assert.ok('time' in JSON.parse(line), 'each line is a JSON object');
});
