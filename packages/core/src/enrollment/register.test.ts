import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Device } from '@muster/contract/devices';
import type { EnrollmentToken } from '@muster/contract/enrollment';
import type { Place } from '@muster/contract/places';
import { type Answer, type Api, bodyOf, createApi, problemOf } from '@muster/testkit/api';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { until } from '@muster/testkit/until';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.stop());

interface Registered {
  deviceId: string;
  username: string;
  token: string;
}
const as = (secret: string): Api =>
  createApi(
    () => server.http,
    () => secret,
  );
const make = async (wish: object = {}, by: Api = server.api) => {
  const body = { name: 'Installation', maxUses: 10, ...wish };
  const made = await bodyOf(by.post<{ secret: string; enrollmentToken: EnrollmentToken }>('/enrollment-tokens', body));
  return { ...made, api: as(made.secret) };
};
const register = (api: Api, deviceId: string, more: object = {}) =>
  api.post<Registered>('/provisioning/register', { deviceId, type: 'generic', ...more });
const stateOf = async (id: string) => {
  const { items } = await bodyOf(server.api.get<{ items: EnrollmentToken[] }>('/enrollment-tokens'), 200);
  return items.find((token) => token.id === id) as EnrollmentToken;
};
const entriesOf = (id: string) =>
  server.admin<{ action: string; object: string; actor_kind: string; result: string; details: object }>(
    'select action, object, actor_kind, result, details from audit_entries where actor_id = $1 order by seq',
    [id],
  );

test('a new device registers itself where the token says, and talks over HTTP and MQTT with what it got', async () => {
  const hall = await bodyOf(server.api.post<Place>('/places', { name: 'Hall', kind: 'hall' }), 201);
  const { api, enrollmentToken } = await make({ placeId: hall.id, type: 'workshop.bench' });
  const more = { type: 'workshop.bench', serialNumber: `O'Brien--`, name: '<script>alert(1)</script>' };
  const made = await bodyOf(register(api, 'bench-1', more), 201);
  assert.deepEqual(Object.keys(made).sort(), ['deviceId', 'token', 'username']);
  assert.equal(made.username, `${server.slug}/bench-1`);
  assert.match(made.token, /^md_/);
  const device = await bodyOf(server.api.get<Device>('/devices/bench-1'), 200);
  assert.deepEqual(
    [device.placeId, device.type, device.serialNumber, device.name, device.status],
    [hall.id, 'workshop.bench', more.serialNumber, more.name, 'pending'],
  );
  const values = { p1: 1, p2: 2, p3: 3 };
  await bodyOf(as(made.token).post('/device/telemetry', { values }), 200);
  const client = await server.connect({ deviceId: 'bench-1', username: made.username, token: made.token });
  await client.telemetry({ values });
  await client.end();
  const { uses, lastUsedAt, lastAddress, version } = await stateOf(enrollmentToken.id);
  assert.deepEqual([uses, lastAddress, version], [1, '127.0.0.1', 1]);
  assert.ok(lastUsedAt);
  const [entry] = await entriesOf(enrollmentToken.id);
  assert.deepEqual(
    [entry?.action, entry?.object, entry?.actor_kind],
    ['device.registered', 'device:bench-1', 'enrollment-token'],
  );
});

test('a token opens nothing but the registration, and the registration opens to nothing else', async () => {
  const { api } = await make();
  for (const path of ['/devices', '/enrollment-tokens', '/auth/me', '/places']) await problemOf(api.get(path), 401);
  await problemOf(api.post('/devices', { deviceId: 'x', type: 'generic' }), 401);
  await problemOf(api.post('/device/telemetry', { values: { a: 1 } }), 401);
  await problemOf(register(server.api, 'x'), 401);
  await problemOf(register(server.anybody, 'x'), 401);
});

test('fifty at once on ten uses make exactly ten devices', async () => {
  const { api, enrollmentToken } = await make({ maxUses: 10 });
  const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => register(api, `flock-${index}`)));
  const statuses = Object.groupBy(answers, ({ status }) => status);
  assert.deepEqual([statuses[201]?.length, statuses[401]?.length], [10, 40]);
  const { items } = await bodyOf(server.api.get<{ items: Device[] }>('/devices?search=flock-&limit=100'), 200);
  assert.equal(items.length, 10);
  assert.equal((await stateOf(enrollmentToken.id)).uses, 10);
});

/** What an answer says, without what no two answers share. */
const saidBy = ({ status, text, headers }: Answer) =>
  JSON.stringify([
    status,
    text.replace(/"requestId":"[^"]+"/, ''),
    [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name)),
  ]);

test('over, revoked, used up and never made look all alike, to the byte', async () => {
  const over = await make({ name: 'Over' });
  await server.admin(`update enrollment_tokens set expires_at = now() where id = $1`, [over.enrollmentToken.id]);
  const revoked = await make({ name: 'Revoked' });
  await bodyOf(register(revoked.api, 'before-the-end'), 201);
  await bodyOf(server.api.delete(`/enrollment-tokens/${revoked.enrollmentToken.id}`), 204);
  const usedUp = await make({ name: 'Used up', maxUses: 1 });
  await bodyOf(register(usedUp.api, 'last-one'), 201);
  const unknown = as(`me_${'x'.repeat(43)}`);
  const said = new Set<string>();
  for (const api of [over.api, revoked.api, usedUp.api, unknown]) {
    const answer = await register(api, 'too-late');
    await problemOf(answer, 401);
    said.add(saidBy(answer));
  }
  assert.equal(said.size, 1, [...said].join('\n'));
  await bodyOf(server.api.get('/devices/before-the-end'), 200);
  await problemOf(server.api.get('/devices/too-late'), 404);
  for (const { enrollmentToken } of [over, usedUp]) {
    const refused = (await entriesOf(enrollmentToken.id)).at(-1);
    assert.deepEqual([refused?.action, refused?.result], ['enrollment_token.refused', 'refused']);
  }
});

test('a device that is there keeps its token, and no use is counted', async () => {
  const device = await server.createDevice({ deviceId: 'there-already' });
  const { api, enrollmentToken } = await make();
  const answer = await register(api, 'there-already');
  await problemOf(answer, 409);
  assert.ok(!answer.text.includes('md_'));
  await bodyOf(device.api.post('/device/telemetry', { values: { a: 1 } }), 200);
  assert.equal((await stateOf(enrollmentToken.id)).uses, 0);
  const again = await Promise.all(Array.from({ length: 8 }, () => register(api, 'only-once')));
  assert.deepEqual(again.map(({ status }) => status).sort(), [201, ...Array(7).fill(409)]);
  assert.equal((await stateOf(enrollmentToken.id)).uses, 1);
});

test('another type than the token is for is refused and stands in the audit trail', async () => {
  const { api, enrollmentToken } = await make({ type: 'workshop.bench' });
  await problemOf(register(api, 'wrong-type'), 403);
  await problemOf(server.api.get('/devices/wrong-type'), 404);
  assert.equal((await stateOf(enrollmentToken.id)).uses, 0);
  const [entry] = await entriesOf(enrollmentToken.id);
  assert.deepEqual(
    [entry?.action, entry?.object, entry?.result],
    ['access.refused', 'POST /provisioning/register', 'refused'],
  );
  assert.match(JSON.stringify(entry?.details), /of the type workshop\.bench only/);
  const open = await make();
  await problemOf(register(open.api, 'no-such-type', { type: 'moon.base' }), 422);
});

test('place, organization and count come from the token: a body that names them is refused', async () => {
  const { api } = await make();
  const away = await server.organization('away');
  for (const more of [{ placeId: null }, { organizationId: away.id }, { uses: 0 }, { labels: ['x'] }, { role: 'x' }]) {
    await problemOf(register(api, 'smuggled', more), 422);
  }
  for (const deviceId of ['', '../x', 'a/b', 'x'.repeat(65), '\u202Ex']) await problemOf(register(api, deviceId), 422);
  await problemOf(register(api, 'x', { name: 'x'.repeat(10_000) }), 422);
  const theirs = await make({}, away.api);
  const made = await bodyOf(register(theirs.api, 'theirs'), 201);
  assert.equal(made.username, 'away/theirs');
  await problemOf(server.api.get('/devices/theirs'), 404);
  await bodyOf(away.api.get('/devices/theirs'), 200);
});

test('a device whose answer was lost asks again with the same key and gets the same token, even of the last use', async () => {
  const { api, enrollmentToken } = await make({ maxUses: 1 });
  const ask = () =>
    api.post<Registered>(
      '/provisioning/register',
      { deviceId: 'lost-answer', type: 'generic' },
      { headers: { 'idempotency-key': 'lost-answer' } },
    );
  const first = await bodyOf(ask(), 201);
  assert.deepEqual(await bodyOf(ask(), 201), first);
  assert.equal((await stateOf(enrollmentToken.id)).uses, 1);
});

test('what was changed counts at once: more uses, another end', async () => {
  const { api, enrollmentToken } = await make({ maxUses: 1 });
  await bodyOf(register(api, 'more-1'), 201);
  await problemOf(register(api, 'more-2'), 401);
  const path = `/enrollment-tokens/${enrollmentToken.id}`;
  await bodyOf(server.api.patch(path, { maxUses: 2 }, { version: 1 }), 200);
  await bodyOf(register(api, 'more-2'), 201);
  await bodyOf(server.api.patch(path, { maxUses: 1 }, { version: 2 }), 200);
  await problemOf(register(api, 'more-3'), 401);
});

test('who guesses waits, people beside him do not', async () => {
  const { api } = await make();
  let tries = 0;
  const answer = await until(async () => {
    const guess = await register(as(`me_${String(++tries).padStart(43, 'g')}`), 'guessed');
    return guess.status === 429 ? guess : undefined;
  }, 'guessing is slowed down');
  await problemOf(answer, 429);
  assert.ok(tries > 10 && tries < 40, `${tries}`);
  assert.ok(Number(answer.headers.get('retry-after')) >= 1);
  await problemOf(register(api, 'beside'), 429);
  await server.signIn();
});
