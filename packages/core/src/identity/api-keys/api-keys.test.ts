import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ApiKey } from '@muster/contract/api-keys';
import type { Device } from '@muster/contract/devices';
import type { Place } from '@muster/contract/places';
import { type Api, bodyOf, createApi, problemOf } from '@muster/testkit/api';
import { openLive, readEvents } from '@muster/testkit/live';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { until } from '@muster/testkit/until';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.stop());

interface Made {
  secret: string;
  apiKey: ApiKey;
}

const reading = ['device:read', 'telemetry:read'];
const withKey = (secret: string): Api =>
  createApi(
    () => server.http,
    () => secret,
  );
const make = async (wish: object = {}, by: Api = server.api) => {
  const made = await bodyOf(by.post<Made>('/api-keys', { name: 'script', permissions: reading, ...wish }), 201);
  return { ...made, api: withKey(made.secret) };
};
const list = async () => (await bodyOf(server.api.get<{ items: ApiKey[] }>('/api-keys'), 200)).items;

test('a key may what it was given and nothing else, and says when it was used last', async () => {
  await server.createDevice({ deviceId: 'read-me' });
  const { api, apiKey, secret } = await make();
  assert.match(secret, /^mk_[A-Za-z0-9_-]{43}$/);
  assert.equal(apiKey.hint, secret.slice(0, 8));
  assert.equal(apiKey.lastUsedAt, null);
  await bodyOf(api.get('/devices/read-me'), 200);
  await problemOf(api.post('/devices', { deviceId: 'x', type: 'generic' }), 403);
  await problemOf(api.get('/users'), 403);
  await problemOf(api.get('/auth/me'), 403);
  await problemOf(api.post('/auth/password/change', { currentPassword: 'x', newPassword: 'y' }), 403);
  await until(async () => (await list()).find(({ id }) => id === apiKey.id)?.lastUsedAt != null, 'its use is noted');
});

test('a secret is kept as a hash only, and stands in no list and no log', async () => {
  const { secret, apiKey } = await make();
  const rows = await server.admin<{ text: string }>(
    'select api_keys::text as text from api_keys union all select audit_entries::text from audit_entries',
  );
  const kept = rows.map(({ text }) => text).join('\n');
  assert.ok(kept.includes(apiKey.hint) && !kept.includes(secret));
  assert.ok(!JSON.stringify(await list()).includes(secret) && !server.log.join('').includes(secret));
});

test('a key of a place or of a device sees that and nothing beside it', async () => {
  const hall = await bodyOf(server.api.post<Place>('/places', { name: 'Key hall', kind: 'hall' }), 201);
  await server.createDevice({ deviceId: 'in-key-hall', placeId: hall.id });
  await server.createDevice({ deviceId: 'elsewhere' });
  const idsOf = async (api: Api) =>
    (await bodyOf(api.get<{ items: Device[] }>('/devices'), 200)).items.map(({ deviceId }) => deviceId);
  assert.deepEqual(await idsOf((await make({ placeId: hall.id })).api), ['in-key-hall']);
  assert.deepEqual(await idsOf((await make({ deviceId: 'elsewhere' })).api), ['elsewhere']);
  const wish = { name: 'x', permissions: ['user:read'], placeId: hall.id };
  await problemOf(server.api.post('/api-keys', wish), 422);
  await problemOf(
    server.api.post('/api-keys', { name: 'x', permissions: reading, placeId: hall.id, deviceId: 'elsewhere' }),
    422,
  );
});

test('nobody makes a key that may more than he does, and no key makes one that may more than it does', async () => {
  const administrator = await server.addPerson([{ role: 'administrator' }]);
  const wish = { name: 'x', permissions: ['organization:own'] };
  await problemOf(administrator.api.post('/api-keys', wish), 403);
  const maker = await make({ permissions: ['api-key:write'] });
  await problemOf(maker.api.post('/api-keys', { name: 'x', permissions: reading }), 403);
  await bodyOf(maker.api.post('/api-keys', { name: 'x', permissions: ['api-key:write'] }), 201);
  await problemOf(server.api.post('/api-keys', { name: 'x', permissions: ['moon:walk'] }), 422);
});

test('after a rotation the old secret works for its grace, or not at all', async () => {
  const { api, apiKey } = await make();
  const rotate = (grace?: string) =>
    bodyOf(server.api.post<Made>(`/api-keys/${apiKey.id}/rotate`, grace ? { grace } : {}), 201);
  const second = await rotate('1h');
  assert.ok(second.apiKey.oldEndsAt);
  await bodyOf(api.get('/devices'), 200);
  await bodyOf(withKey(second.secret).get('/devices'), 200);
  const third = await rotate();
  await problemOf(api.get('/devices'), 401);
  await problemOf(withKey(second.secret).get('/devices'), 401);
  await bodyOf(withKey(third.secret).get('/devices'), 200);
});

test('nobody rotates a key that may more than he does: he would hold it', async () => {
  const permissions = ['api-key:read', 'api-key:write', 'device:read'];
  const role = { name: 'Keeper of keys', permissions };
  const { id } = await bodyOf(server.api.post<{ id: string }>('/roles', role), 201);
  const keeper = await server.addPerson([{ role: id }]);
  const strong = await make({ permissions: ['user:write', 'device:read'] });
  const weak = await make({ permissions: ['device:read'] });
  await problemOf(keeper.api.post(`/api-keys/${strong.apiKey.id}/rotate`, {}), 403);
  await bodyOf(strong.api.get('/devices'), 200);
  await bodyOf(keeper.api.post(`/api-keys/${weak.apiKey.id}/rotate`, {}), 201);
});

test('a key that is over opens nothing', async () => {
  await problemOf(
    server.api.post('/api-keys', { name: 'x', permissions: reading, expiresAt: '2020-01-01T00:00:00Z' }),
    422,
  );
  const { api, apiKey } = await make({ expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
  await bodyOf(api.get('/devices'), 200);
  const client = await openLive(server.http, api);
  await server.admin(`update api_keys set expires_at = now() - interval '1 second' where id = $1`, [apiKey.id]);
  await until(async () => (await api.get('/devices')).status === 401, 'it is looked up again');
  assert.equal(await client.closed, 4401, 'and what is open with it ends');
});

test('a revoked key ends at once, with everything that is open with it', async () => {
  const device = await server.createDevice({ deviceId: 'watched' });
  const { api, apiKey } = await make();
  const client = await openLive(server.http, api);
  client.send({ subscribe: ['device:watched'] });
  const stream = readEvents(await api.fetch('/api/v1/events?topics=device:watched'));
  await until(async () => {
    await bodyOf(device.api.post('/device/telemetry', { values: { a: 1 } }), 200);
    return client.heard.length > 0 && stream.heard.length > 0;
  }, 'both hear the device');
  await bodyOf(server.api.delete(`/api-keys/${apiKey.id}`), 204);
  await problemOf(api.get('/devices'), 401);
  assert.equal(await client.closed, 4401);
  await until(() => stream.ended, 'the stream ends');
  await problemOf(server.api.delete(`/api-keys/${apiKey.id}`), 404);
});

test('a key of another organization is neither seen nor ended', async () => {
  const away = await server.organization('away-keys');
  const { apiKey } = await make({ name: 'ours' });
  assert.deepEqual(await bodyOf(away.api.get('/api-keys'), 200), { items: [] });
  const [foreign, unknown] = await Promise.all(
    [apiKey.id, '0193a5f0-7b1c-7d2e-8f3a-1b2c3d4e5f60'].map((id) => problemOf(away.api.delete(`/api-keys/${id}`), 404)),
  );
  assert.equal(foreign?.detail, unknown?.detail);
});
