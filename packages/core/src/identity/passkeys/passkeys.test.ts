import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Tokens } from '@muster/contract/identity';
import type { NewCredential, Passkey, UsedCredential } from '@muster/contract/passkeys';
import { type Api, bodyOf, createApi, problemOf } from '@muster/testkit/api';
import { createPasskeyAuthenticator, type PasskeyFaults, type PasskeyOptions } from '@muster/testkit/passkey';
import { startTestServer, type TestServer } from '@muster/testkit/server';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.stop());

/** Browsers say where they stand; passkeys need a name, which `localhost` is. */
const origin = () => server.http;
const there = () => ({ headers: { origin: origin(), 'sec-fetch-site': 'same-origin' } });

/** Somebody who has no passkey yet, signed in with his password. */
const newcomer = () => server.addPerson([{ role: 'administrator' }]);

async function addPasskey(api: Api, name = 'Phone') {
  const key = createPasskeyAuthenticator();
  const options = await bodyOf(api.post<PasskeyOptions>('/auth/passkeys/options', undefined, there()));
  const credential = key.make(options, origin());
  const passkey = await bodyOf(api.post<Passkey>('/auth/passkeys', { name, credential }, there()), 201);
  return { key, passkey };
}

const signInOptions = () =>
  bodyOf(server.anybody.post<PasskeyOptions>('/auth/passkeys/sign-in/options', undefined, there()));
const signIn = (credential: UsedCredential) =>
  server.anybody.post<Tokens>('/auth/passkeys/sign-in', { credential }, there());

async function audited(action: string): Promise<Record<string, unknown>[]> {
  const rows = await server.admin<{ details: Record<string, unknown> }>(
    'select details from audit_entries where action = $1 order by seq',
    [action],
  );
  return rows.map(({ details }) => details);
}

test('a passkey is made, signs in without a name and a password, is renamed and removed', async () => {
  const person = await server.signIn();
  const { key, passkey } = await addPasskey(person.api);
  assert.deepEqual([passkey.name, passkey.lastUsedAt, passkey.backedUp], ['Phone', null, false]);

  const answer = await signIn(key.use(await signInOptions(), origin()));
  const { accessToken, user } = await bodyOf(answer);
  assert.equal(user.username, server.owner.username);
  assert.ok(
    answer.headers.getSetCookie().some((cookie) => /^muster_refresh=.*HttpOnly; Secure; SameSite=Strict/.test(cookie)),
  );
  const api = createApi(
    () => server.http,
    () => accessToken,
  );
  const [used] = (await bodyOf(api.get<{ items: Passkey[] }>('/auth/passkeys'))).items;
  assert.ok(used?.lastUsedAt);
  assert.equal((await audited('auth.signed_in')).at(-1)?.factor, 'passkey');

  assert.equal(
    (await bodyOf(api.patch<Passkey>(`/auth/passkeys/${passkey.id}`, { name: 'Work phone' }))).name,
    'Work phone',
  );
  await bodyOf(api.delete(`/auth/passkeys/${passkey.id}`), 204);
  await problemOf(api.delete(`/auth/passkeys/${passkey.id}`), 404);
  await problemOf(signIn(key.use(await signInOptions(), origin())), 401);
});

test('an answer is good once, also where it comes twice at the same moment', async () => {
  const { key } = await addPasskey((await newcomer()).api);
  const credential = key.use(await signInOptions(), origin());
  const statuses = (await Promise.all([signIn(credential), signIn(credential), signIn(credential)])).map(
    ({ status }) => status,
  );
  assert.deepEqual(statuses.sort(), [200, 401, 401]);
  await problemOf(signIn(credential), 401);
  const person = await newcomer();
  const options = await bodyOf(person.api.post<PasskeyOptions>('/auth/passkeys/options', undefined, there()));
  const other = createPasskeyAuthenticator();
  const made = other.make(options, origin());
  await bodyOf(person.api.post('/auth/passkeys', { name: 'One', credential: made }, there()), 201);
  await problemOf(person.api.post('/auth/passkeys', { name: 'Two', credential: made }, there()), 422);
  const again = await bodyOf(person.api.post<PasskeyOptions>('/auth/passkeys/options', undefined, there()));
  const known = await person.api.post(
    '/auth/passkeys',
    { name: 'Two', credential: other.make(again, origin()) },
    there(),
  );
  await problemOf(known, 409);
});

test('whatever is not right about an answer, it says the same and opens nothing', async () => {
  const { key } = await addPasskey((await newcomer()).api);
  // one that is right, so that what was wrong before is not counted any more
  const isRight = async () => bodyOf(signIn(key.use(await signInOptions(), origin())));
  await isRight();
  const faults: Record<string, PasskeyFaults> = {
    'another site': { origin: 'https://muster.evil.example' },
    'another site’s key': { rpId: 'evil.example' },
    'a made-up challenge': { challenge: Buffer.alloc(38, 7).toString('base64url') },
    'no challenge': { challenge: '' },
    'not unlocked': { unverified: true },
    'a copy that counted less': { count: 1 },
    'another person': { userHandle: Buffer.alloc(16, 1).toString('base64url') },
    'made instead of used': { type: 'webauthn.create' },
  };
  const said = new Set<string>();
  for (const [what, fault] of Object.entries(faults)) {
    const problem = await problemOf(signIn(key.use(await signInOptions(), origin(), fault)), 401);
    assert.ok(problem, what);
    said.add(problem.detail);
    await isRight();
  }
  const right = key.use(await signInOptions(), origin());
  const stranger = createPasskeyAuthenticator().use(await signInOptions(), origin(), { userHandle: right.userHandle });
  said.add((await problemOf(signIn({ ...right, signature: stranger.signature }), 401)).detail);
  said.add((await problemOf(signIn(stranger), 401)).detail);
  said.add((await problemOf(signIn({ ...right, clientDataJSON: 'bm90IGpzb24' }), 401)).detail);
  assert.equal(said.size, 1);
  await isRight();
});

test('a challenge is for one purpose, one person and five minutes', async (t) => {
  const person = await newcomer();
  const { api } = await server.addPerson([{ role: 'viewer' }]);
  const { key } = await addPasskey(person.api);
  const make = async (options: PasskeyOptions, by: Api) => {
    const credential: NewCredential = createPasskeyAuthenticator().make(options, origin());
    return (await by.post('/auth/passkeys', { name: 'x', credential }, there())).status;
  };
  const mine = await bodyOf(person.api.post<PasskeyOptions>('/auth/passkeys/options', undefined, there()));
  assert.equal(await make(mine, api), 422, 'made for somebody else');
  assert.equal(
    await make({ ...(await signInOptions()), rp: { id: 'localhost' } }, person.api),
    422,
    'made for a sign-in',
  );
  await problemOf(signIn(key.use({ ...mine, rpId: 'localhost' }, origin())), 401);
  const options = await signInOptions();
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 5 * 60_000 + 1 });
  await problemOf(signIn(key.use(options, origin())), 401);
});

test('who was disabled does not get in, nor does anybody from another site', async () => {
  const person = await server.addPerson([{ role: 'viewer' }]);
  const { key } = await addPasskey(person.api);
  await problemOf(
    server.anybody.post(
      '/auth/passkeys/sign-in',
      { credential: key.use(await signInOptions(), origin()) },
      { headers: { origin: origin(), 'sec-fetch-site': 'cross-site' } },
    ),
    403,
  );
  await server.admin(`update users set status = 'disabled' where id = $1`, [person.id]);
  await problemOf(signIn(key.use(await signInOptions(), origin())), 401);
});

test('a passkey belongs to a name of this server', async () => {
  for (const one of [
    server.http.replace('localhost', '127.0.0.1'),
    'https://evil.example',
    'null',
    `${origin()}.evil.example`,
  ]) {
    await problemOf(
      server.anybody.post('/auth/passkeys/sign-in/options', undefined, { headers: { origin: one } }),
      409,
    );
  }
  await problemOf(server.anybody.post('/auth/passkeys/sign-in/options'), 409);
});

test('nobody sees, renames or removes the passkey of somebody else', async () => {
  const { passkey } = await addPasskey((await newcomer()).api);
  const person = await server.addPerson([{ role: 'administrator' }]);
  assert.deepEqual((await bodyOf(person.api.get<{ items: Passkey[] }>('/auth/passkeys'))).items, []);
  await problemOf(person.api.patch(`/auth/passkeys/${passkey.id}`, { name: 'mine' }), 404);
  await problemOf(person.api.delete(`/auth/passkeys/${passkey.id}`), 404);
});

test('guessing is slowed down', async () => {
  const { key } = await addPasskey((await newcomer()).api);
  const statuses: number[] = [];
  for (let tries = 0; tries < 6; tries++) {
    statuses.push((await signIn(key.use(await signInOptions(), origin(), { unverified: true }))).status);
  }
  assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429]);
});
