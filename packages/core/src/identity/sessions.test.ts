import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Tokens, User } from '@muster/contract/identity';
import { type Answer, bodyOf, createApi, problemOf } from '@muster/testkit/api';
import { PASSWORD, type TestOrganization } from '@muster/testkit/organization';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { until } from '@muster/testkit/until';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.stop());

const cookieOf = (answer: Answer) => (answer.headers.get('set-cookie') ?? '').split(';', 1)[0] as string;
const refresh = (cookie: string, headers: Record<string, string> = {}) =>
  server.anybody.post<Tokens>('/auth/refresh', undefined, { headers: { cookie, ...headers } });
const counterOf = (cookie: string) => Number(cookie.split('.')[1]);

async function audited(action: string): Promise<number> {
  const [row] = await server.admin<{ count: number }>('select count(*) from audit_entries where action = $1', [action]);
  return row?.count ?? 0;
}

test('signing in answers a token for a quarter of an hour and a cookie that no script and no other site gets', async () => {
  const { setCookie, accessToken, api } = await server.signIn();
  const [pair, ...attributes] = setCookie.split('; ');
  assert.match(pair ?? '', /^muster_refresh=[0-9a-f-]{36}\.0\.[A-Za-z0-9_-]{43}$/);
  assert.deepEqual(attributes.sort(), ['HttpOnly', 'Max-Age=43200', 'Path=/api/v1/auth', 'SameSite=Strict', 'Secure']);
  const [header, payload] = accessToken
    .split('.', 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
  assert.equal(header.alg, 'EdDSA');
  assert.equal(header.typ, 'at+jwt');
  assert.equal(payload.exp - payload.iat, 900);
  assert.deepEqual(Object.keys(payload).sort(), ['aud', 'exp', 'iat', 'iss', 'jti', 'org', 'sid', 'sub']);
  const me = await bodyOf(api.get<User>('/auth/me'));
  assert.equal(me.username, server.owner.username);
  assert.equal(me.organization.slug, server.slug);
});

test('an unknown user, a wrong password and a wrong organization get the same answer', async () => {
  const attempt = async (input: object) => {
    const { requestId: _, ...problem } = await problemOf(server.anybody.post('/auth/login', input), 401);
    return problem;
  };
  const { username, password } = server.owner;
  const wrong = await attempt({ username, password: `${password}!` });
  assert.deepEqual(await attempt({ username: 'nobody', password }), wrong);
  assert.deepEqual(await attempt({ username, password, organization: 'elsewhere' }), wrong);
  assert.deepEqual(await attempt({ username: "' or 1=1 --", password }), wrong);
  assert.ok((await audited('auth.refused')) >= 1);
});

test('a user name that two organizations have is the older one’s, unless the organization is said or the device knows better', async () => {
  const away: TestOrganization = await server.organization('away');
  const change = { currentPassword: PASSWORD, newPassword: `${PASSWORD}, then tea` };
  await server.admin('update users set username = $1 where username = $2', ['owner', away.owner.username]);
  const login = (password: string, organization?: string, headers = {}) =>
    server.anybody.post<Tokens>(
      '/auth/login',
      { username: 'owner', password, ...(organization ? { organization } : {}) },
      { headers },
    );
  const slugOf = async (answer: ReturnType<typeof login>) => (await bodyOf(answer)).user.organization.slug;
  const theirs = await login(PASSWORD, away.slug);
  const { accessToken } = await bodyOf(theirs);
  const api = createApi(
    () => server.http,
    () => accessToken,
  );
  await bodyOf(api.post('/auth/password/change', change), 204);
  assert.equal(await slugOf(login(PASSWORD)), server.slug);
  // whose password it is must not show: else an own account of the same name would tell when a guess is another one's
  await problemOf(login(change.newPassword), 401);
  assert.equal(await slugOf(login(change.newPassword, away.slug)), away.slug);
  const known = theirs.headers.getSetCookie().find((cookie) => cookie.startsWith('muster_known=')) ?? '';
  const cookie = known.split(';', 1)[0] as string;
  assert.equal(await slugOf(login(change.newPassword, undefined, { cookie })), away.slug);
});

test('what somebody signs in with nobody else of the organization takes, be it a user name or an address', async () => {
  const person = await server.addPerson([{ role: 'viewer' }]);
  const address = `${person.username}@example.com`;
  const other = await server.addPerson([{ role: 'viewer' }]);
  await problemOf(other.api.patch('/auth/me', { email: address.toUpperCase() }), 409);
  const wish = { email: 'x@example.com', password: 'seven foxes on a roof' };
  await problemOf(server.api.post('/users', { ...wish, username: address }), 409);
  await problemOf(server.api.post('/users', { ...wish, username: address.toUpperCase() }), 409);
});

test('who comes in with the old password while it is changed comes in no more', async () => {
  const person = await server.addPerson([{ role: 'viewer' }]);
  const password = `${PASSWORD}, then coffee`;
  const answers = Array.from({ length: 4 }, (_, index) =>
    server.anybody.post<Tokens>(
      '/auth/login',
      { username: person.username, password, organization: server.slug },
      { headers: { 'user-agent': `racer ${index}` } },
    ),
  );
  await bodyOf(
    person.api.post('/auth/password/change', { currentPassword: password, newPassword: `${password} and cake` }),
    204,
  );
  for (const { status, body } of await Promise.all(answers)) {
    if (status !== 200) continue;
    const api = createApi(
      () => server.http,
      () => body.accessToken,
    );
    await problemOf(api.get('/auth/me'), 401);
  }
});

test('after five wrong passwords the next attempt waits, for this account and nobody else', async () => {
  const wrong = { username: 'throttled', password: 'wrong', organization: server.slug };
  for (let n = 0; n < 5; n++) await problemOf(server.anybody.post('/auth/login', wrong), 401);
  const answer = await server.anybody.post('/auth/login', wrong);
  await problemOf(answer, 429);
  assert.ok(Number(answer.headers.get('retry-after')) >= 1);
  await server.signIn();
});

test('a restart opens no door: what was tried before is still counted', async () => {
  const wrong = { username: 'tried', password: 'wrong', organization: server.slug };
  for (let n = 0; n < 5; n++) await problemOf(server.anybody.post('/auth/login', wrong), 401);
  const pair = createHash('sha256')
    .update(['pair', `${server.slug}/tried`, '127.0.0.1'].join('\0'))
    .digest();
  // longer than a restart may take
  const keep = () =>
    server.admin(
      `update throttles set until = now() + interval '10 minutes' where key = $1 and failures = 5 returning 1`,
      [pair],
    );
  await until(async () => (await keep()).length === 1, 'it is kept');
  await server.restart();
  await problemOf(server.anybody.post('/auth/login', wrong), 429);
});

test('an attacker at work slows strangers down, and not the person on a device that was used before', async () => {
  const person = await server.addPerson([{ role: 'viewer' }]);
  const login = (password: string, headers = {}) =>
    server.anybody.post('/auth/login', { username: person.username, password, organization: server.slug }, { headers });
  const right = `${PASSWORD}, then coffee`;
  const first = await login(right);
  const known = first.headers.getSetCookie().find((cookie) => cookie.startsWith('muster_known=')) ?? '';
  assert.match(known, /; Path=\/api\/v1\/auth; HttpOnly; Secure; SameSite=Strict$/);
  const key = createHash('sha256').update(`account\0${person.id}`).digest();
  await server.admin(
    `insert into throttles (key, failures, until, at) values ($1, 1000, now() + interval '10 minutes', now())`,
    [key],
  );
  await server.restart();
  await problemOf(login(right), 429);
  await bodyOf(login(right, { cookie: known.split(';', 1)[0] as string }), 200);
  await bodyOf(login(right), 200);
});

test('a refresh answers a new token and a new cookie, and the new cookie goes on', async () => {
  const { cookie } = await server.signIn();
  const first = await refresh(cookie);
  const { accessToken, expiresIn } = await bodyOf(first);
  assert.equal(expiresIn, 900);
  assert.ok(accessToken);
  assert.equal(counterOf(cookieOf(first)), 1);
  const second = await refresh(cookieOf(first));
  assert.equal(counterOf(cookieOf(second)), 2);
});

test('fifty refreshes at once end in one successor', async () => {
  const { cookie } = await server.signIn();
  const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(cookie)));
  for (const answer of answers) assert.equal(answer.status, 200);
  assert.equal(new Set(answers.map(cookieOf)).size, 1);
  const successor = cookieOf(answers[0] as Answer);
  assert.equal(counterOf(successor), 1);
  await bodyOf(refresh(successor));
});

test('a token used again after ten seconds ends its session, and is audited', async () => {
  const { cookie, api } = await server.signIn();
  const successor = cookieOf(await refresh(cookie));
  await server.admin(`update sessions set rotated_at = rotated_at - interval '11 seconds'`);
  const before = await audited('auth.refresh_reused');
  const reused = await refresh(cookie);
  await problemOf(reused, 401);
  assert.match(
    reused.headers.get('set-cookie') ?? '',
    /^muster_refresh=;.*Expires=Thu, 01 Jan 1970/,
    'the cookie goes',
  );
  await problemOf(refresh(successor), 401);
  assert.equal(await audited('auth.refresh_reused'), before + 1);
  await until(async () => (await api.get('/auth/me')).status === 401, 'its access tokens end too');
});

test('a token used again by another client ends its session at once', async () => {
  const { cookie } = await server.signIn();
  const successor = cookieOf(await refresh(cookie));
  await problemOf(refresh(cookie, { 'user-agent': 'thief' }), 401);
  await problemOf(refresh(successor), 401);
});

test('a token from before the last one is never taken, within the grace time neither', async () => {
  const { cookie } = await server.signIn();
  const second = cookieOf(await refresh(cookie));
  const third = cookieOf(await refresh(second));
  await problemOf(refresh(cookie), 401);
  await problemOf(refresh(third), 401);
});

test('a restart revives nothing: what was used or ended before stays so', async () => {
  const [used, ended, good] = await Promise.all([server.signIn(), server.signIn(), server.signIn()]);
  const successor = cookieOf(await refresh(used.cookie));
  await bodyOf(server.anybody.post('/auth/logout', undefined, { headers: { cookie: ended.cookie } }), 204);
  await server.restart();
  assert.equal((await good.api.get('/auth/me')).status, 200, 'a good access token goes on');
  await bodyOf(refresh(good.cookie));
  await problemOf(refresh(ended.cookie), 401);
  await problemOf(ended.api.get('/auth/me'), 401);
  await server.admin(`update sessions set rotated_at = rotated_at - interval '11 seconds'`);
  await problemOf(refresh(used.cookie), 401);
  await problemOf(refresh(successor), 401);
});

test('a session ends after twelve hours, however busy', async () => {
  const { cookie, api } = await server.signIn();
  await bodyOf(refresh(cookie));
  const [row] = await server.admin<{ hours: number }>(
    `select max(extract(epoch from expires_at - created_at) / 3600)::float8 as hours from sessions`,
  );
  assert.ok(Math.abs((row?.hours ?? 0) - 12) < 0.01);
  await server.admin('update sessions set expires_at = now()');
  await problemOf(refresh(cookie), 401);
  await until(async () => (await api.get('/auth/me')).status === 401, 'its access tokens end too');
});

test('signing out ends the session, and without one it is no fault', async () => {
  const { cookie, api } = await server.signIn();
  const answer = await server.anybody.post('/auth/logout', undefined, { headers: { cookie } });
  assert.equal(answer.status, 204);
  assert.match(answer.headers.get('set-cookie') ?? '', /^muster_refresh=;/);
  await problemOf(refresh(cookie), 401);
  await problemOf(api.get('/auth/me'), 401);
  assert.equal((await server.anybody.post('/auth/logout')).status, 204);
  assert.equal((await refresh('muster_refresh=nonsense')).status, 401);
});

test('a refresh token that was tampered with is none', async () => {
  const { cookie } = await server.signIn();
  const [name, value = ''] = cookie.split('=');
  const [id, counter, mac = ''] = value.split('.');
  const forged = [
    `${id}.1.${mac}`,
    `${id}.${counter}.${'A'.repeat(mac.length)}`,
    `${id}.${counter}.${mac.slice(0, -2)}`,
    `${id}.${counter}.`,
    `${id}.-1.${mac}`,
    `${id?.toUpperCase()}.${counter}.${mac}`,
    `${'0'.repeat(36)}.${counter}.${mac}`,
    value.repeat(50),
    '',
  ];
  for (const one of forged) await problemOf(refresh(`${name}=${one}`), 401);
  await bodyOf(refresh(cookie));
});

test('a request that another site makes a browser send is refused, with or without the cookie', async () => {
  const { cookie } = await server.signIn();
  for (const site of ['cross-site', 'same-site']) {
    const headers = { 'sec-fetch-site': site, cookie };
    await problemOf(refresh(cookie, headers), 403);
    await problemOf(server.anybody.post('/auth/logout', undefined, { headers }), 403);
    await problemOf(server.anybody.post('/auth/login', server.owner, { headers }), 403);
  }
  for (const site of ['same-origin', 'none']) await bodyOf(refresh(cookie, { 'sec-fetch-site': site }));
});
