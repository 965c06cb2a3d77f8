import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Session, Tokens } from '@muster/contract/identity';
import type { Person } from '@muster/contract/users';
import { type Api, bodyOf, createApi, problemOf } from '@muster/testkit/api';
import { createAuthenticator } from '@muster/testkit/authenticator';
import { openLive } from '@muster/testkit/live';
import { type MailServer, startMailServer } from '@muster/testkit/mail';
import { PASSWORD, type TestPerson } from '@muster/testkit/organization';
import { startTestServer, type TestServer } from '@muster/testkit/server';

let server: TestServer;
let mail: MailServer;
before(async () => {
  mail = await startMailServer();
  server = await startTestServer({
    environment: { MUSTER_SMTP_URL: mail.url, MUSTER_MAIL_FROM: 'muster@example.com' },
  });
});
after(async () => {
  await server.stop();
  await mail.close();
});

const NEW = `${PASSWORD}, then coffee`;
const signIn = (username: string, password: string) =>
  server.anybody.post<Tokens>('/auth/login', { username, password, organization: server.slug });
const reset = (id: string, way: 'link' | 'password', api: Api = server.api) =>
  api.post<{ password: string | null }>(`/users/${id}/password-reset`, { way });
const person = (id: string) => bodyOf(server.api.get<Person>(`/users/${id}`), 200);
const sessionsOf = async (id: string, api: Api = server.api) =>
  (await bodyOf(api.get<{ items: Session[] }>(`/users/${id}/sessions`), 200)).items;
const newest = async () => {
  const [entry] = await server.admin<{ action: string; object: string; details: unknown }>(
    'select action, object, details from audit_entries order by seq desc limit 1',
  );
  return entry;
};

async function useAuthenticator({ api }: TestPerson): Promise<void> {
  const { secret } = await bodyOf(api.post<{ secret: string }>('/auth/mfa/setup', { password: NEW }), 200);
  await bodyOf(api.post('/auth/mfa/confirm', { code: createAuthenticator(secret).code(0) }), 200);
}

test('who forgot the password gets a link, which alone changes nothing', async () => {
  const anna = await server.addPerson([{ role: 'operator' }]);
  assert.deepEqual(await bodyOf(reset(anna.id, 'link'), 200), { password: null });
  assert.equal((await newest())?.action, 'user.password_link_sent');
  const letter = await mail.arrived(`${anna.username}@example.com`, /reset-password#/);
  await bodyOf(anna.api.get('/auth/me'), 200);
  const token = /#(\S+)/.exec(letter.text)?.[1];
  await bodyOf(server.anybody.post('/auth/password/reset', { token, password: 'nine owls in a barn' }), 204);
  await bodyOf(signIn(anna.username, 'nine owls in a barn'), 200);
});

test('or a first password, shown once; every session ends and the person is told', async () => {
  const anna = await server.addPerson([{ role: 'operator' }]);
  const live = await openLive(server.http, anna.api);
  const { password } = await bodyOf(reset(anna.id, 'password'), 200);
  assert.match(password ?? '', /^\S{20}$/);
  await live.closed;
  await problemOf(anna.api.get('/auth/me'), 401);
  await problemOf(signIn(anna.username, NEW), 401);
  assert.equal((await bodyOf(signIn(anna.username, password ?? ''), 200)).user.mustChangePassword, true);
  await mail.arrived(`${anna.username}@example.com`, /password of your account .* was changed/);
  const trail = await server.admin<{ text: string }>('select details::text as text from audit_entries');
  assert.ok(!trail.some(({ text }) => text.includes(password ?? '?')), 'it stands nowhere');
});

test('a lost second factor is removed, and a password too short without it is replaced at the next sign-in', async () => {
  const anna = await server.addPerson([{ role: 'operator' }]);
  assert.deepEqual((await person(anna.id)).secondFactor, { authenticator: false, passkeys: 0 });
  await problemOf(server.api.delete(`/users/${anna.id}/second-factor`), 404);
  await useAuthenticator(anna);
  await server.admin(
    `insert into passkeys (id, organization_id, user_id, credential_id, public_key, sign_count, transports, backed_up, name)
     select '0193a5f0-7b1c-7d2e-8f3a-0000000000aa', organization_id, id, 'credential', '', 0, '{}', false, 'Phone'
     from users where id = $1`,
    [anna.id],
  );
  const short = 'owls 4 u';
  await bodyOf(anna.api.post('/auth/password/change', { currentPassword: NEW, newPassword: short }), 204);
  assert.deepEqual((await person(anna.id)).secondFactor, { authenticator: true, passkeys: 1 });
  await bodyOf(server.api.delete(`/users/${anna.id}/second-factor`), 204);
  const entry = await newest();
  assert.deepEqual(
    [entry?.action, entry?.object, entry?.details],
    ['user.second_factor_removed', `user:${anna.id}`, { authenticator: true, passkeys: 1 }],
  );
  assert.deepEqual((await person(anna.id)).secondFactor, { authenticator: false, passkeys: 0 });
  await problemOf(anna.api.get('/auth/me'), 401);
  await mail.arrived(`${anna.username}@example.com`, /second factor of your account .* was turned off/);
  assert.equal((await bodyOf(signIn(anna.username, short), 200)).user.mustChangePassword, true);
});

test('nobody does this to who may more, to himself, or without the permission', async () => {
  const administrator = await server.addPerson([{ role: 'administrator' }]);
  const viewer = await server.addPerson([{ role: 'viewer' }]);
  const owner = await bodyOf(server.api.get<{ id: string }>('/auth/me'), 200);
  const [session] = await sessionsOf(owner.id, administrator.api);
  const tries = (id: string, api: Api) => [
    () => reset(id, 'link', api),
    () => reset(id, 'password', api),
    () => api.delete(`/users/${id}/second-factor`),
    () => api.delete(`/users/${id}/sessions`),
    () => api.delete(`/users/${id}/sessions/${session?.id}`),
  ];
  for (const refused of tries(owner.id, administrator.api)) await problemOf(refused(), 403);
  for (const refused of tries(administrator.id, viewer.api)) await problemOf(refused(), 403);
  for (const refused of tries(owner.id, server.api).slice(0, 3)) await problemOf(refused(), 403);
  await bodyOf(server.api.get('/auth/me'), 200);
});

test('that somebody tried to remove the last owner is written down', async () => {
  const owner = await bodyOf(server.api.get<{ id: string }>('/auth/me'), 200);
  const problem = await problemOf(server.api.delete(`/users/${owner.id}`), 409);
  assert.equal(problem.errors[0]?.code, 'last-owner');
  const entry = await newest();
  assert.deepEqual([entry?.action, entry?.object], ['user.last_owner_kept', `user:${owner.id}`]);
});

test('no link goes to who is disabled, to an address that no mail reaches, or a fourth time within an hour', async () => {
  const anna = await server.addPerson([{ role: 'viewer' }]);
  const { version } = await person(anna.id);
  await bodyOf(server.api.patch(`/users/${anna.id}`, { status: 'disabled' }, { version }), 200);
  await problemOf(reset(anna.id, 'link'), 409);
  await bodyOf(reset(anna.id, 'password'), 200);
  assert.equal((await person(anna.id)).status, 'disabled', 'a password alone lets nobody in again');
  const otto = await server.addPerson([{ role: 'viewer' }]);
  for (let letter = 1; letter <= 3; letter++) await bodyOf(reset(otto.id, 'link'), 200);
  assert.equal((await reset(otto.id, 'link')).status, 429);
  await server.admin(`update users set email = 'otto@nowhere.invalid' where id = $1`, [otto.id]);
  await problemOf(reset(otto.id, 'link'), 409);
});

test('sessions of a person are seen and ended, one or all, and what they watch ends at once', async () => {
  const anna = await server.addPerson([{ role: 'operator' }]);
  const otto = await server.addPerson([{ role: 'operator' }]);
  const { accessToken } = await bodyOf(signIn(anna.username, NEW), 200);
  const again = createApi(
    () => server.http,
    () => accessToken,
  );
  const mine = (await bodyOf(again.get<{ items: Session[] }>('/auth/sessions'), 200)).items;
  const seen = await sessionsOf(anna.id);
  assert.deepEqual(
    seen.map(({ id, current }) => [id, current]),
    mine.map(({ id }) => [id, false]),
  );
  const own = mine.find(({ current }) => current)?.id ?? '';
  const live = await openLive(server.http, again);
  await problemOf(server.api.delete(`/users/${otto.id}/sessions/${own}`), 404);
  await bodyOf(server.api.delete(`/users/${anna.id}/sessions/${own}`), 204);
  await live.closed;
  await problemOf(again.get('/auth/me'), 401);
  await bodyOf(anna.api.get('/auth/me'), 200);
  await problemOf(server.api.delete(`/users/${anna.id}/sessions/${own}`), 404);
  await bodyOf(server.api.delete(`/users/${anna.id}/sessions`), 204);
  await problemOf(anna.api.get('/auth/me'), 401);
  assert.equal((await newest())?.action, 'user.sessions_ended');
  assert.deepEqual(await sessionsOf(anna.id), []);
  await bodyOf(otto.api.get('/auth/me'), 200);
});
