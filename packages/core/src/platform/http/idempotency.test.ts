import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Device } from '@muster/contract/devices';
import { bodyOf, problemOf } from '@muster/testkit/api';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { staysOpen, until } from '@muster/testkit/until';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.stop());

const key = (value: string) => ({ headers: { 'idempotency-key': value } });
const device = (deviceId: string) => ({ deviceId, type: 'generic' });

test('the same request with the same key gets the first answer, and happens once', async () => {
  const first = await server.api.post<Device>('/devices', device('once'), key('k1'));
  assert.equal(first.status, 201);
  assert.equal(first.headers.get('idempotency-replayed'), null);
  const again = await server.api.post<Device>('/devices', device('once'), key('k1'));
  assert.equal(again.status, 201);
  assert.equal(again.headers.get('idempotency-replayed'), 'true');
  assert.deepEqual(again.body, first.body);
  assert.match(again.headers.get('content-type') ?? '', /^application\/json/);
  assert.notEqual(again.headers.get('x-request-id'), first.headers.get('x-request-id'));
  const audited = await server.admin(
    `select 1 from audit_entries where object = 'device:once' and action = 'device.created'`,
  );
  assert.equal(audited.length, 1);
});

test('a token that is shown once is the same one, and lies nowhere in the clear', async () => {
  await server.createDevice({ deviceId: 'token' });
  const rotate = () => server.api.post<{ token: string }>('/devices/token/token', {}, key('k2'));
  const [first, again] = [await bodyOf(rotate()), await bodyOf(rotate())];
  assert.equal(again.token, first.token);
  const [row] = await server.admin<{ kept: string }>(`select string_agg(body::text, '') as kept from idempotency_keys`);
  assert.ok(row?.kept && !row.kept.includes(first.token) && !row.kept.includes('md_'));
});

test('the key with another body, or on another address, is refused', async () => {
  await bodyOf(server.api.post('/devices', device('first'), key('k3')), 201);
  await problemOf(server.api.post('/devices', device('second'), key('k3')), 422);
  await problemOf(server.api.post('/places', { name: 'X', kind: 'site' }, key('k3')), 422);
  assert.equal((await server.api.get('/devices/second')).status, 404);
});

test('a second request while the first is under way is told so', async () => {
  const holder = await server.adminConnection();
  await holder.query('begin; lock table devices in access exclusive mode');
  const first = server.api.post('/devices', device('slow'), key('k4'));
  await until(async () => {
    const rows = await server.admin(`select 1 from idempotency_keys where key = 'k4' and status is null`);
    return rows.length === 1;
  }, 'the first holds the key');
  await problemOf(server.api.post('/devices', device('slow'), key('k4')), 409);
  assert.ok(await staysOpen(first, 50));
  await holder.query('commit');
  await bodyOf(first, 201);
  const again = await server.api.post('/devices', device('slow'), key('k4'));
  assert.equal(again.headers.get('idempotency-replayed'), 'true');
});

test('ten at once make one', async () => {
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => server.api.post('/devices', device('crowd'), key('k5'))),
  );
  const statuses = answers.map(({ status }) => status);
  assert.ok(
    statuses.every((status) => status === 201 || status === 409),
    statuses.join(),
  );
  assert.ok(statuses.includes(201));
  assert.equal((await server.admin(`select 1 from devices where device_id = 'crowd'`)).length, 1);
});

test('a request that failed leaves its key free', async () => {
  await problemOf(server.api.post('/devices', { deviceId: 'later', type: 'no.such' }, key('k6')), 422);
  await bodyOf(server.api.post('/devices', device('later'), key('k6')), 201);
});

test('keys of another organization are other keys', async () => {
  const away = await server.organization('away');
  const made = await away.api.post('/devices', device('once'), key('k1'));
  assert.equal(made.status, 201);
  assert.equal(made.headers.get('idempotency-replayed'), null);
});

test('a key is forgotten after a day, and one whose request died after a minute', async () => {
  await server.admin(`update idempotency_keys set created_at = now() - interval '25 hours' where key = 'k3'`);
  await server.admin(`insert into idempotency_keys (organization_id, actor_id, key, fingerprint, created_at)
    select organization_id, actor_id, 'dead', 'x', now() - interval '2 minutes' from idempotency_keys where key = 'k6'`);
  await bodyOf(server.api.post('/devices', device('third'), key('k3')), 201);
  await bodyOf(server.api.post('/devices', device('fourth'), key('dead')), 201);
});

test('a key of no sensible length is refused, and reading takes no notice of keys', async () => {
  await problemOf(server.api.post('/devices', device('long'), key('x'.repeat(256))), 422);
  for (const _ of [1, 2]) {
    const answer = await server.api.get('/devices/once', key('k7'));
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('idempotency-replayed'), null);
  }
});
