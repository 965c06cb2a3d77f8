import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Organization, Tokens, User } from '@muster/contract/identity';
import type { Passkey } from '@muster/contract/passkeys';
import { bodyOf, createApi, problemOf } from '@muster/testkit/api';
import { createAuthenticator } from '@muster/testkit/authenticator';
import { PASSWORD } from '@muster/testkit/organization';
import { createPasskeyAuthenticator, type PasskeyOptions } from '@muster/testkit/passkey';
import { startTestServer, type TestServer } from '@muster/testkit/server';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.stop());

async function require(secondFactorRequired: boolean): Promise<void> {
  const path = `/organizations/${server.id}`;
  const { version } = await bodyOf(server.api.get<Organization>(path));
  await bodyOf(server.api.patch(path, { secondFactorRequired }, { version }));
}

test('where two factors are wanted, who signed in with one may nothing but set up the other', async () => {
  const person = await server.addPerson([{ role: 'viewer' }]);
  await bodyOf(person.api.get('/devices'));
  await require(true);
  await problemOf(person.api.get('/devices'), 403);
  const me = await bodyOf(person.api.get<User>('/auth/me'));
  assert.deepEqual([me.mustSetUpSecondFactor, me.permissions], [true, []]);

  const password = `${PASSWORD}, then coffee`;
  const { secret } = await bodyOf(person.api.post<{ secret: string }>('/auth/mfa/setup', { password }));
  const authenticator = createAuthenticator(secret);
  await bodyOf(person.api.post('/auth/mfa/confirm', { code: authenticator.code(0) }));
  await bodyOf(person.api.get('/devices'));
  assert.equal((await bodyOf(person.api.get<User>('/auth/me'))).mustSetUpSecondFactor, false);

  const login = { username: person.username, password, organization: server.slug, code: authenticator.code(1) };
  const { user } = await bodyOf(server.anybody.post<Tokens>('/auth/login', login));
  assert.equal(user.mustSetUpSecondFactor, false);
});

test('the owner who turned it on is asked too, and a passkey will do', async () => {
  const origin = server.http;
  const there = { headers: { origin, 'sec-fetch-site': 'same-origin' } };
  const { api } = await server.signIn();
  await problemOf(api.get('/devices'), 403);
  const key = createPasskeyAuthenticator();
  const options = await bodyOf(api.post<PasskeyOptions>('/auth/passkeys/options', undefined, there));
  const made = { name: 'Key', credential: key.make(options, origin) };
  await bodyOf(api.post<Passkey>('/auth/passkeys', made, there), 201);
  await bodyOf(api.get('/devices'));
  const asked = await bodyOf(server.anybody.post<PasskeyOptions>('/auth/passkeys/sign-in/options', undefined, there));
  const credential = key.use(asked, origin);
  const { accessToken, user } = await bodyOf(
    server.anybody.post<Tokens>('/auth/passkeys/sign-in', { credential }, there),
  );
  assert.equal(user.mustSetUpSecondFactor, false);
  const strong = createApi(
    () => server.http,
    () => accessToken,
  );
  const path = `/organizations/${server.id}`;
  const { version } = await bodyOf(strong.get<Organization>(path));
  await bodyOf(strong.patch(path, { secondFactorRequired: false }, { version }));
  await bodyOf((await server.signIn()).api.get('/devices'));
});

test('who has a passkey can not get past it with his password, be it for an authenticator or another passkey', async () => {
  const origin = server.http.replace('127.0.0.1', 'localhost');
  const there = { headers: { origin, 'sec-fetch-site': 'same-origin' } };
  const person = await server.addPerson([{ role: 'viewer' }]);
  const options = await bodyOf(person.api.post<PasskeyOptions>('/auth/passkeys/options', undefined, there));
  const key = createPasskeyAuthenticator();
  const made = { name: 'Key', credential: key.make(options, origin) };
  const { id } = await bodyOf(person.api.post<Passkey>('/auth/passkeys', made, there), 201);
  const password = `${PASSWORD}, then coffee`;
  const login = { username: person.username, password, organization: server.slug };
  const { accessToken } = await bodyOf(server.anybody.post<Tokens>('/auth/login', login));
  const thief = createApi(
    () => server.http,
    () => accessToken,
  );
  for (const answer of [
    await thief.post('/auth/mfa/setup', { password }),
    await thief.post('/auth/passkeys/options', undefined, there),
    await thief.delete(`/auth/passkeys/${id}`),
  ]) {
    await problemOf(answer, 401);
    assert.match(answer.headers.get('www-authenticate') ?? '', /insufficient_user_authentication/);
  }
  await bodyOf(person.api.delete(`/auth/passkeys/${id}`), 204);
});
