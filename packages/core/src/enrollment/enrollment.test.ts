import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { EnrollmentToken } from '@muster/contract/enrollment';
import type { Place } from '@muster/contract/places';
import { type Api, bodyOf, problemOf } from '@muster/testkit/api';
import { startTestServer, type TestServer } from '@muster/testkit/server';

let server: TestServer;
let hall: Place;
before(async () => {
  server = await startTestServer();
  hall = await bodyOf(server.api.post<Place>('/places', { name: 'Hall', kind: 'hall' }), 201);
});
after(() => server.stop());

interface Made {
  secret: string;
  enrollmentToken: EnrollmentToken;
}
const make = (wish: object = {}, by: Api = server.api) =>
  bodyOf(by.post<Made>('/enrollment-tokens', { name: 'Installation', ...wish }), 201);
const list = async (by: Api = server.api) =>
  (await bodyOf(by.get<{ items: EnrollmentToken[] }>('/enrollment-tokens'), 200)).items;
const ahead = (ms: number) => new Date(Date.now() + ms).toISOString();

test('a person sees, makes, changes and revokes tokens; their secrets are shown once and kept as a hash', async () => {
  const { secret, enrollmentToken } = await make({ maxUses: 3, type: 'generic', placeId: hall.id });
  assert.match(secret, /^me_[A-Za-z0-9_-]{43}$/);
  const week = Date.parse(enrollmentToken.expiresAt) - Date.now();
  assert.ok(week > 6.9 * 86_400_000 && week <= 7 * 86_400_000);
  const { id, createdAt, expiresAt, ...rest } = enrollmentToken;
  assert.deepEqual(rest, {
    name: 'Installation',
    hint: secret.slice(0, 8),
    placeId: hall.id,
    type: 'generic',
    maxUses: 3,
    uses: 0,
    createdBy: 'owner',
    lastUsedAt: null,
    lastAddress: null,
    version: 1,
  });
  assert.deepEqual(await list(), [enrollmentToken]);
  const path = `/enrollment-tokens/${id}`;
  const change = { name: 'East wing', maxUses: 5, expiresAt: ahead(86_400_000) };
  const changed = await bodyOf(server.api.patch<EnrollmentToken>(path, change, { version: 1 }), 200);
  assert.deepEqual(changed, { ...enrollmentToken, ...change, version: 2 });
  await problemOf(server.api.patch(path, change, { version: 1 }), 412);
  const rows = await server.admin<{ text: string }>(
    'select enrollment_tokens::text as text from enrollment_tokens union all select audit_entries::text from audit_entries',
  );
  const kept = rows.map(({ text }) => text).join('\n');
  assert.ok(kept.includes(secret.slice(0, 8)) && !kept.includes(secret));
  assert.ok(!server.log.join('').includes(secret));
  await bodyOf(server.api.delete(path), 204);
  await problemOf(server.api.delete(path), 404);
  assert.deepEqual(await list(), []);
  const entries = await server.admin<{ action: string }>(
    `select action from audit_entries where object = $1 order by seq`,
    [`enrollment-token:${id}`],
  );
  assert.deepEqual(
    entries.map(({ action }) => action),
    ['enrollment_token.created', 'enrollment_token.updated', 'enrollment_token.revoked'],
  );
});

test('of two who change a token at once one is told that it was changed meanwhile', async () => {
  const { enrollmentToken } = await make();
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, index) =>
      server.api.patch(`/enrollment-tokens/${enrollmentToken.id}`, { name: `N${index}` }, { version: 1 }),
    ),
  );
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 412, 412, 412, 412, 412]);
});

test('what makes no sense is refused, with the field that is wrong', async () => {
  const wrong: [body: object, path: string][] = [
    [{}, '/name'],
    [{ name: ' ' }, '/name'],
    [{ name: 'x'.repeat(10_000) }, '/name'],
    [{ name: 'x', maxUses: 0 }, '/maxUses'],
    [{ name: 'x', maxUses: 1.5 }, '/maxUses'],
    [{ name: 'x', maxUses: 100_001 }, '/maxUses'],
    [{ name: 'x', expiresAt: '2020-01-01T00:00:00Z' }, '/expiresAt'],
    [{ name: 'x', expiresAt: ahead(400 * 86_400_000) }, '/expiresAt'],
    [{ name: 'x', expiresAt: 'tomorrow' }, '/expiresAt'],
    [{ name: 'x', type: 'moon.base' }, '/type'],
    [{ name: 'x', placeId: '0193a5f0-7b1c-7d2e-8f3a-1b2c3d4e5f60' }, '/placeId'],
    [{ name: 'x', uses: 0 }, '/uses'],
    [{ name: 'x', organizationId: server.id }, '/organizationId'],
    [{ name: 'x', hash: 'x' }, '/hash'],
    [{ name: 'x', createdBy: 'x' }, '/createdBy'],
  ];
  for (const [body, path] of wrong) {
    const problem = await problemOf(server.api.post('/enrollment-tokens', body), 422);
    assert.equal(problem.errors[0]?.path, path, JSON.stringify(problem));
  }
  const { enrollmentToken } = await make();
  for (const change of [{ uses: 0 }, { placeId: null }, { type: null }, { organizationId: server.id }]) {
    await problemOf(server.api.patch(`/enrollment-tokens/${enrollmentToken.id}`, change, { version: 1 }), 422);
  }
});

test('names are kept as they are, whatever stands in them', async () => {
  for (const name of [`O'Brien--`, '<script>alert(1)</script>', '\u202Eeman\u202C', 'Zażółć gęślą', '😀'.repeat(60)]) {
    const { enrollmentToken } = await make({ name });
    assert.equal(enrollmentToken.name, name);
    await bodyOf(server.api.delete(`/enrollment-tokens/${enrollmentToken.id}`), 204);
  }
});

test('whoever may not, may not; and nobody gives a token where he could not add devices himself', async () => {
  const viewer = await server.addPerson([{ role: 'viewer' }]);
  await problemOf(viewer.api.get('/enrollment-tokens'), 403);
  await problemOf(viewer.api.post('/enrollment-tokens', { name: 'x' }), 403);
  const wish = { name: 'Enrolls', permissions: ['enrollment:read', 'enrollment:write', 'device:write'] };
  const role = await bodyOf(server.api.post<{ id: string }>('/roles', wish), 201);
  const half = await server.addPerson([{ role: role.id }]);
  await problemOf(half.api.post('/enrollment-tokens', { name: 'x' }), 403);
  const { enrollmentToken } = await make();
  await problemOf(half.api.patch(`/enrollment-tokens/${enrollmentToken.id}`, { maxUses: 9 }, { version: 1 }), 403);
});

test('who works in a part of the organization sees and makes the tokens of that part', async () => {
  const inner = await bodyOf(server.api.post<Place>('/places', { name: 'Room', kind: 'room', parentId: hall.id }), 201);
  const person = await server.addPerson([{ role: 'administrator', placeId: hall.id }]);
  const everywhere = await make({ name: 'Everywhere' });
  await make({ name: 'Of the room', placeId: inner.id });
  assert.deepEqual(
    (await list(person.api)).map(({ name }) => name),
    ['Of the room'],
  );
  const own = await make({ name: 'Own', placeId: inner.id }, person.api);
  await problemOf(person.api.post('/enrollment-tokens', { name: 'x' }), 403);
  await problemOf(person.api.delete(`/enrollment-tokens/${everywhere.enrollmentToken.id}`), 404);
  await bodyOf(person.api.delete(`/enrollment-tokens/${own.enrollmentToken.id}`), 204);
  const other = await bodyOf(server.api.post<Place>('/places', { name: 'Other hall', kind: 'hall' }), 201);
  await problemOf(person.api.post('/enrollment-tokens', { name: 'x', placeId: other.id }), 422);
  const { api } = await server.createDevice({ deviceId: 'single' });
  await problemOf(api.get('/enrollment-tokens'), 401);
  const ofDevice = await server.addPerson([{ role: 'administrator', deviceId: 'single' }]);
  assert.deepEqual(await list(ofDevice.api), []);
  await problemOf(ofDevice.api.post('/enrollment-tokens', { name: 'x' }), 403);
});

test('a token whose place is deleted goes with it', async () => {
  const place = await bodyOf(server.api.post<Place>('/places', { name: 'Gone', kind: 'hall' }), 201);
  const { enrollmentToken } = await make({ placeId: place.id });
  await bodyOf(server.api.delete(`/places/${place.id}`), 204);
  assert.ok((await list()).every(({ id }) => id !== enrollmentToken.id));
});

test('tokens of another organization are not there', async () => {
  const away = await server.organization('away');
  await make({ name: 'Ours' });
  assert.deepEqual(await list(away.api), []);
  await problemOf(away.api.post('/enrollment-tokens', { name: 'x', placeId: hall.id }), 422);
});
