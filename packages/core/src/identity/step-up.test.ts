import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Tokens } from '@muster/contract/identity';
import { type Api, bodyOf, createApi, problemOf } from '@muster/testkit/api';
import type { SignedIn } from '@muster/testkit/organization';
import { startTestServer, type TestServer } from '@muster/testkit/server';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.stop());

/** As if the sign-in had been so many minutes ago; nothing about it is remembered. */
async function age(minutes: number): Promise<void> {
  await server.admin(`update sessions set created_at = now() - $1 * interval '1 minute'`, [minutes]);
  await server.restart();
}

const tries: ((api: Api) => ReturnType<Api['post']>)[] = [
  (api) => api.post('/roles', { name: 'Night shift', parents: ['viewer'], permissions: [] }),
  (api) => api.post('/api-keys', { name: 'export', permissions: ['device:read'] }),
  (api) => api.post('/users', { username: 'new', email: 'new@example.com', password: 'a long enough one', roles: [] }),
];

test('a quarter of an hour after the sign-in roles, people and keys ask for another one', async () => {
  const person: SignedIn = await server.signIn();
  await age(14);
  await bodyOf(person.api.post('/roles', { name: 'Early shift', parents: ['viewer'], permissions: [] }), 201);
  await age(16);
  for (const attempt of tries) {
    const answer = await attempt(person.api);
    assert.match(
      answer.headers.get('www-authenticate') ?? '',
      /^Bearer error="insufficient_user_authentication", error_description=".+", max_age="900"$/,
    );
    await problemOf(answer, 401);
  }
  await bodyOf(person.api.get('/roles'));

  const login = { ...server.owner, organization: server.slug };
  const again = await server.anybody.post<Tokens>('/auth/login', login, { headers: { cookie: person.cookie } });
  const { accessToken } = await bodyOf(again);
  await bodyOf(
    createApi(
      () => server.http,
      () => accessToken,
    ).post('/roles', { name: 'Night shift', parents: ['viewer'], permissions: [] }),
    201,
  );
  await problemOf(person.api.get('/roles'), 401);
  const actions = await server.admin<{ action: string }>('select action from audit_entries order by seq desc limit 3');
  assert.deepEqual(
    actions.map(({ action }) => action),
    ['role.created', 'auth.session_replaced', 'auth.signed_in'],
  );
});

test('an Idempotency-Key of a call that asked for a sign-in is free for the one after it', async () => {
  const person = await server.signIn();
  await age(16);
  const key = { headers: { 'idempotency-key': 'once' } };
  const body = { name: 'Late shift', parents: ['viewer'], permissions: [] };
  await problemOf(person.api.post('/roles', body, key), 401);
  const { api } = await server.signIn();
  await bodyOf(api.post('/roles', body, key), 201);
});

test('a key proves itself in every call, and is never asked to sign in', async () => {
  const { api } = await server.signIn();
  const { secret } = await bodyOf(
    api.post<{ secret: string }>('/api-keys', { name: 'people', permissions: ['role:write', 'role:read'] }),
    201,
  );
  await age(600);
  const script = createApi(
    () => server.http,
    () => secret,
  );
  const answer = await script.post('/roles', { name: 'By a script', parents: [], permissions: ['role:read'] });
  assert.notEqual(answer.status, 401);
});

test('nobody else’s cookie is of use, and a cookie of no session harms nothing', async () => {
  const person = await server.signIn();
  const login = { ...server.owner, organization: server.slug };
  for (const cookie of ['muster_refresh=rubbish', `${person.cookie}x`, 'muster_refresh=']) {
    await bodyOf(server.anybody.post<Tokens>('/auth/login', login, { headers: { cookie } }));
  }
  await bodyOf(person.api.get('/auth/me'));
});
