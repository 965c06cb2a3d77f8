import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Organization, Tokens } from '@muster/contract/identity';
import type { OrganizationEntry } from '@muster/contract/organizations';
import { type Api, bodyOf, createApi, problemOf } from '@muster/testkit/api';
import { openLive, readEvents } from '@muster/testkit/live';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { until } from '@muster/testkit/until';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.stop());

const PASSWORD = 'seven foxes on a roof';
const NEVER = '0193a5f0-7b1c-7d2e-8f3a-1b2c3d4e5f60';
const owner = { username: 'ida', email: 'ida@example.com', password: PASSWORD };
const create = (wish: object, by: Api = server.api) => by.post<OrganizationEntry>('/organizations', wish);
const list = async (by: Api = server.api) =>
  (await bodyOf(by.get<{ items: OrganizationEntry[] }>('/organizations'), 200)).items;
const setStatus = (id: string, status: string, version: number, by: Api = server.api) =>
  by.patch<Organization>(`/organizations/${id}`, { status }, { version });
const as = (token: string): Api =>
  createApi(
    () => server.http,
    () => token,
  );
const actionsOf = async (organizationId: string) =>
  (
    await server.admin<{ action: string }>('select action from audit_entries where organization_id = $1 order by seq', [
      organizationId,
    ])
  ).map(({ action }) => action);

test('an organization comes with its owner, who chooses a password before anything else', async () => {
  const made = await bodyOf(create({ name: `O'Brien--`, slug: 'obrien', owner }), 201);
  const { id, createdAt, ...rest } = made;
  assert.deepEqual(rest, {
    name: `O'Brien--`,
    slug: 'obrien',
    status: 'active',
    operates: false,
    people: 1,
    devices: 0,
    version: 1,
  });
  const credentials = { username: 'ida', password: PASSWORD, organization: 'obrien' };
  const first = await bodyOf(server.anybody.post<Tokens>('/auth/login', credentials), 200);
  assert.deepEqual([first.user.mustChangePassword, first.user.permissions], [true, []]);
  const api = as(first.accessToken);
  await problemOf(api.get('/devices'), 403);
  const change = { currentPassword: PASSWORD, newPassword: 'eight owls in a barn' };
  await bodyOf(api.post('/auth/password/change', change), 204);
  await bodyOf(api.post('/devices', { deviceId: 'first', type: 'generic' }), 201);
  const { token } = await bodyOf(api.post<{ token: string }>('/devices/first/token', {}), 201);
  await bodyOf(as(token).post('/device/telemetry', { values: { a: 1 } }), 200);
  assert.deepEqual(await bodyOf(api.get(`/organizations/${id}`), 200).then((own) => (own as { id: string }).id), id);
  await problemOf(api.get('/organizations'), 403);
  const [entry] = (await list()).filter((each) => each.id === id);
  assert.deepEqual([entry?.people, entry?.devices], [1, 1]);
  assert.deepEqual((await actionsOf(id)).slice(0, 1), ['organization.created']);
  assert.equal((await actionsOf(server.id)).at(-1), 'organization.created');
});

test('it is for who owns the installation, and for nobody else', async () => {
  const administrator = await server.addPerson([{ role: 'administrator' }]);
  const away = await server.organization('away');
  for (const { api } of [administrator, away]) {
    await problemOf(api.get('/organizations'), 403);
    await problemOf(create({ name: 'X', slug: 'x', owner }, api), 403);
  }
  await problemOf(away.api.post('/api-keys', { name: 'k', permissions: ['installation:own'] }), 403);
});

test('another organization is changed by who owns the installation; to anybody else it is not there', async () => {
  const away = await server.organization('far');
  const administrator = await server.addPerson([{ role: 'administrator' }]);
  for (const status of ['active', 'disabled']) {
    const there = await problemOf(setStatus(server.id, status, 1, away.api), 404);
    const never = await problemOf(setStatus(NEVER, status, 1, away.api), 404);
    assert.deepEqual({ ...there, instance: '', requestId: '' }, { ...never, instance: '', requestId: '' });
    await problemOf(setStatus(away.id, status, 1, administrator.api), 404);
    await problemOf(setStatus(away.id, status, 1, away.api), 403);
    await problemOf(setStatus(server.id, status, 1, administrator.api), 403);
  }
  const { version } = (await list()).find(({ id }) => id === away.id) as OrganizationEntry;
  const change = { name: 'Far away', retention: { rawDays: 30 } };
  const changed = await bodyOf(server.api.patch<Organization>(`/organizations/${away.id}`, change, { version }), 200);
  assert.deepEqual([changed.name, changed.retention.rawDays, changed.version], ['Far away', 30, version + 1]);
  assert.deepEqual(await bodyOf(away.api.get(`/organizations/${away.id}`), 200), changed);
  for (const id of [away.id, server.id]) assert.equal((await actionsOf(id)).at(-1), 'organization.updated');
});

test('a short name is there once, and what makes no sense is refused', async () => {
  const answers = await Promise.all(Array.from({ length: 6 }, () => create({ name: 'Twin', slug: 'twin', owner })));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409, 409, 409, 409]);
  assert.equal((await list()).filter(({ slug }) => slug === 'twin').length, 1);
  const wrong: [body: object, path: string][] = [
    [{ name: 'X', slug: 'Not a slug', owner }, '/slug'],
    [{ name: 'X', slug: '-x', owner }, '/slug'],
    [{ name: ' ', slug: 'x', owner }, '/name'],
    [{ name: 'x'.repeat(10_000), slug: 'x', owner }, '/name'],
    [{ name: 'X', slug: 'x', owner: { ...owner, password: 'short' } }, '/owner/password'],
    [{ name: 'X', slug: 'x', owner: { ...owner, email: 'nobody' } }, '/owner/email'],
    [{ name: 'X', slug: 'x', owner: { ...owner, role: 'owner' } }, '/owner/role'],
    [{ name: 'X', slug: 'x', owner, operates: true }, '/operates'],
    [{ name: 'X', slug: 'x', owner, id: server.id }, '/id'],
  ];
  for (const [body, path] of wrong) {
    const problem = await problemOf(create(body), 422);
    assert.equal(problem.errors[0]?.path, path, JSON.stringify(problem));
  }
  assert.ok(
    (await list()).every(({ slug }) => slug !== 'x'),
    'nothing is left of what was refused',
  );
});

test('of a disabled organization everything ends at once, nothing is deleted, and enabled it is as before', async () => {
  const away = await server.organization('closing');
  const device = await away.createDevice({ deviceId: 'watched' });
  const mqtt = await server.connect(device);
  const key = { name: 'k', permissions: ['device:read', 'telemetry:read'] };
  const { secret } = await bodyOf(away.api.post<{ secret: string }>('/api-keys', key), 201);
  const enrolling = await bodyOf(away.api.post<{ secret: string }>('/enrollment-tokens', { name: 't' }), 201);
  const session = await away.signIn();
  const client = await openLive(server.http, session.api);
  client.send({ subscribe: ['device:watched'] });
  const stream = readEvents(await as(secret).fetch('/api/v1/events?topics=device:watched'));
  await until(async () => {
    await bodyOf(device.api.post('/device/telemetry', { values: { a: 1 } }), 200);
    return client.heard.length > 0 && stream.heard.length > 0;
  }, 'both hear the device');
  const { version } = (await list()).find(({ id }) => id === away.id) as OrganizationEntry;

  const disabled = await bodyOf(setStatus(away.id, 'disabled', version), 200);
  assert.deepEqual([disabled.status, disabled.version], ['disabled', version + 1]);
  await problemOf(session.api.get('/devices'), 401);
  await problemOf(as(secret).get('/devices'), 401);
  await problemOf(device.api.post('/device/telemetry', { values: { a: 2 } }), 401);
  const arrival = { deviceId: 'new', type: 'generic' };
  await problemOf(as(enrolling.secret).post('/provisioning/register', arrival), 401);
  assert.equal(await client.closed, 4401);
  await until(() => stream.ended, 'the stream ends');
  await mqtt.closed;
  await assert.rejects(server.connect(device));
  const login = { ...away.owner, organization: away.slug };
  const refused = await problemOf(server.anybody.post('/auth/login', login), 401);
  const unknown = await problemOf(server.anybody.post('/auth/login', { ...login, username: 'nobody' }), 401);
  assert.equal(refused.detail, unknown.detail);
  const refresh = await server.anybody.fetch('/api/v1/auth/refresh', {
    method: 'POST',
    headers: { cookie: session.cookie },
  });
  assert.equal(refresh.status, 401);
  await bodyOf(server.api.get('/devices'), 200);
  assert.equal((await actionsOf(away.id)).at(-1), 'organization.disabled');
  assert.equal((await actionsOf(server.id)).at(-1), 'organization.disabled');

  await problemOf(setStatus(away.id, 'active', version), 412);
  await bodyOf(setStatus(away.id, 'active', version + 1), 200);
  await problemOf(session.api.get('/devices'), 401);
  await bodyOf((await away.signIn()).api.get('/devices/watched'), 200);
  await bodyOf(as(secret).get('/devices/watched'), 200);
  await bodyOf(device.api.post('/device/telemetry', { values: { a: 3 } }), 200);
  await bodyOf(as(enrolling.secret).post('/provisioning/register', arrival), 201);
  await (await server.connect(device)).end();
});

test('the organization that runs the installation stays, and one that is not there is not there', async () => {
  const own = (await list()).find(({ operates }) => operates) as OrganizationEntry;
  assert.equal(own.id, server.id);
  await problemOf(setStatus(own.id, 'disabled', own.version), 409);
  await problemOf(setStatus(NEVER, 'disabled', 1), 404);
  const { id } = await bodyOf(create({ name: '<script>', slug: 'raced', owner }), 201);
  const answers = await Promise.all(Array.from({ length: 5 }, () => setStatus(id, 'disabled', 1)));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 412, 412, 412, 412]);
  await problemOf(setStatus(id, 'gone', 2), 422);
  await problemOf(server.api.patch(`/organizations/${id}`, { operates: true }, { version: 2 }), 422);
});

test('the trails of both organizations are whole after it', async () => {
  const verified = await bodyOf(server.api.get<{ ok: boolean }>('/audit/verify'), 200);
  assert.equal(verified.ok, true);
  const login = { username: 'ida', password: 'eight owls in a barn', organization: 'obrien' };
  const { accessToken } = await bodyOf(server.anybody.post<Tokens>('/auth/login', login), 200);
  assert.equal((await bodyOf(as(accessToken).get<{ ok: boolean }>('/audit/verify'), 200)).ok, true);
});
