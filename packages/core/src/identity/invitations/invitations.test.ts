import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Tokens } from '@muster/contract/identity';
import type { Invitation } from '@muster/contract/invitations';
import type { Person } from '@muster/contract/users';
import { type Api, bodyOf, problemOf } from '@muster/testkit/api';
import { linkOf, type MailServer, startMailServer } from '@muster/testkit/mail';
import type { TestOrganization } from '@muster/testkit/organization';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { until } from '@muster/testkit/until';

let mail: MailServer;
let server: TestServer;
let away: TestOrganization;
before(async () => {
  mail = await startMailServer();
  const environment = { MUSTER_SMTP_URL: mail.url, MUSTER_MAIL_FROM: 'muster@nordhaven.example' };
  server = await startTestServer({ environment });
  away = await server.organization('away');
});
after(async () => {
  await server.stop();
  await mail.close();
});

const PASSWORD = 'eleven lanterns by the weir';
const LINK = /Accept the invitation:/;
let invited = 0;

async function invite(roles: object[] = [{ role: 'viewer' }], api: Api = server.api, more: object = {}) {
  const email = `invited-${++invited}@example.com`;
  const invitation = await bodyOf(api.post<Invitation>('/invitations', { email, roles, ...more }), 201);
  const { token, url } = linkOf(await mail.arrived(email, /#mi_/));
  return { email, invitation, token, url };
}
const look = (token: string) => server.anybody.post('/invitations/look', { token });
const accept = (token: string, username: string, more: object = {}) =>
  server.anybody.post<{ username: string }>('/invitations/accept', { token, username, password: PASSWORD, ...more });
const list = async (api = server.api) =>
  (await bodyOf(api.get<{ items: Invitation[] }>('/invitations'), 200)).items.map(({ email }) => email);
const isDead = async (token: string) => {
  const { errors } = await problemOf(accept(token, 'late'), 422);
  assert.deepEqual(
    errors.map(({ path }) => path),
    ['/token'],
  );
  await problemOf(look(token), 422);
};

test('whoever is invited becomes a person with the roles he was promised and a verified address, once', async () => {
  const { email, token, url, invitation } = await invite();
  assert.equal(url.pathname, '/accept-invitation');
  assert.deepEqual(invitation.roles, [{ role: 'viewer', placeId: null, deviceId: null }]);
  assert.ok((await list()).includes(email));
  const seen = await bodyOf(look(token), 200);
  assert.deepEqual(seen, {
    organization: { name: server.slug, slug: server.slug, passwordRule: { least: 15, classes: false } },
    email,
    invitedBy: server.owner.username,
    expiresAt: invitation.expiresAt,
  });
  await bodyOf(accept(token, 'ada', { name: 'Ada Lovelace' }), 201);
  assert.ok(!(await list()).includes(email));
  const signedIn = await bodyOf(
    server.anybody.post<Tokens>('/auth/login', { username: email, password: PASSWORD }),
    200,
  );
  assert.equal(signedIn.user.emailVerified, true);
  assert.equal(signedIn.user.mustChangePassword, false, 'nobody else knows his password');
  const person = await bodyOf(server.api.get<Person>(`/users/${signedIn.user.id}`), 200);
  assert.deepEqual([person.username, person.name, person.email], ['ada', 'Ada Lovelace', email]);
  assert.deepEqual(person.roles, invitation.roles);
  await isDead(token);
  const entries = await server.admin<{ action: string; details: object }>(
    `select action, details from audit_entries where object = any ($1) order by seq`,
    [[`invitation:${invitation.id}`, `user:${person.id}`]],
  );
  assert.deepEqual(
    entries.map(({ action }) => action),
    ['invitation.created', 'invitation.accepted', 'auth.signed_in'],
  );
  assert.doesNotMatch(JSON.stringify(entries), /mi_/);
});

test('of several that accept at the same moment one becomes a person', async () => {
  const { token } = await invite();
  const names = ['racer-1', 'racer-2', 'racer-3', 'racer-4'];
  const answers = await Promise.all(names.map((name) => accept(token, name)));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 422, 422, 422]);
  const made = await server.admin(`select from users where username like 'racer-%'`);
  assert.equal(made.length, 1);
});

test('a link is good for seven days; sent again it is a new one, and the old one ends', async () => {
  const { token, invitation, email } = await invite();
  const days = (Date.parse(invitation.expiresAt) - Date.parse(invitation.createdAt)) / 86_400_000;
  assert.ok(Math.abs(days - 7) < 0.01, `${days}`);
  await server.admin('update invitations set expires_at = now() where id = $1', [invitation.id]);
  await isDead(token);
  const again = await bodyOf(server.api.post<Invitation>(`/invitations/${invitation.id}/send`), 200);
  assert.ok(Date.parse(again.expiresAt) > Date.parse(invitation.expiresAt));
  const newer = linkOf(await mail.arrived(email, LINK, 2)).token;
  await isDead(token);
  await bodyOf(accept(newer, 'patient'), 201);
});

test('one that was taken back opens nothing', async () => {
  const { token, invitation } = await invite();
  await bodyOf(server.api.delete(`/invitations/${invitation.id}`), 204);
  await isDead(token);
  await problemOf(server.api.delete(`/invitations/${invitation.id}`), 404);
  await problemOf(server.api.post(`/invitations/${invitation.id}/send`), 404);
});

test('nobody invites to more than he may himself, and who may not add people invites nobody', async () => {
  const administrator = await server.addPerson([{ role: 'administrator' }]);
  const wish = { email: 'climber@example.com', roles: [{ role: 'owner' }] };
  await problemOf(administrator.api.post('/invitations', wish), 403);
  await invite([{ role: 'administrator' }], administrator.api);
  const viewer = await server.addPerson([{ role: 'viewer' }]);
  await problemOf(viewer.api.post('/invitations', { email: wish.email }), 403);
  await problemOf(viewer.api.get('/invitations'), 403);
  const key = { name: 'inviter', permissions: ['user:write', 'user:read'] };
  const { secret } = await bodyOf(server.api.post<{ secret: string }>('/api-keys', key), 201);
  const headers = { authorization: `Bearer ${secret}` };
  await problemOf(server.anybody.post('/invitations', { email: wish.email }, { headers }), 403);
});

test('an invitation is worth no more than its inviter is when it is accepted', async () => {
  const inviter = await server.addPerson([{ role: 'administrator' }]);
  const { token } = await invite([{ role: 'administrator' }], inviter.api);
  const roles = { roles: [{ role: 'viewer' }] };
  const less = await bodyOf(
    server.api.put<Person>(`/users/${inviter.id}/roles`, roles, { version: inviter.version }),
    200,
  );
  await problemOf(accept(token, 'heir'), 409);
  const back = { roles: [{ role: 'administrator' }] };
  const more = await bodyOf(server.api.put<Person>(`/users/${inviter.id}/roles`, back, { version: less.version }), 200);
  await bodyOf(server.api.patch(`/users/${inviter.id}`, { status: 'disabled' }, { version: more.version }), 200);
  await problemOf(accept(token, 'heir'), 409);
  await bodyOf(server.api.delete(`/users/${inviter.id}`), 204);
  await isDead(token);
  assert.deepEqual(await server.admin(`select from users where username = 'heir'`), []);
});

test('roles hold where they were promised, and one whose place is gone makes nobody', async () => {
  const place = (name: string) =>
    bodyOf(server.api.post<{ id: string; version: number }>('/places', { name, kind: 'site' }), 201);
  const [kept, gone] = [await place('Kept'), await place('Gone')];
  const { token } = await invite([{ role: 'operator', placeId: kept.id }]);
  const lost = await invite([{ role: 'operator', placeId: gone.id }]);
  await bodyOf(server.api.delete(`/places/${gone.id}`), 204);
  await bodyOf(accept(token, 'operator-there'), 201);
  await problemOf(accept(lost.token, 'operator-nowhere'), 409);
  const people = await bodyOf(server.api.get<{ items: Person[] }>('/users', { query: { search: 'operator-' } }), 200);
  assert.deepEqual(
    people.items.map(({ username, roles }) => [username, roles]),
    [['operator-there', [{ role: 'operator', placeId: kept.id, deviceId: null }]]],
  );
  await problemOf(
    server.api.post('/invitations', { email: 'x@example.com', roles: [{ role: 'viewer', placeId: gone.id }] }),
    422,
  );
});

test('an address gets one invitation, and none where it has an account', async () => {
  const { email } = await invite();
  await problemOf(server.api.post('/invitations', { email: email.toUpperCase() }), 409);
  const person = await server.addPerson([]);
  await problemOf(server.api.post('/invitations', { email: `${person.username}@example.com` }), 409);
  await problemOf(server.api.post('/invitations', { email: 'nobody@localhost.invalid' }), 422);
  await problemOf(server.api.post('/invitations', { email: 'a@example.com,b@example.com' }), 422);
  await bodyOf(away.api.post('/invitations', { email }), 201);
});

test('an address that asked for nothing is not flooded', async () => {
  const { invitation } = await invite();
  const send = () => server.api.post(`/invitations/${invitation.id}/send`);
  await bodyOf(send(), 200);
  await bodyOf(send(), 200);
  await problemOf(send(), 429);
});

test('what stands in the way of the invited is said at its field, and leaves the link as it is', async () => {
  const { token } = await invite();
  const short = await problemOf(accept(token, 'newcomer', { password: 'short' }), 422);
  assert.deepEqual(
    short.errors.map(({ path }) => path),
    ['/password'],
  );
  const name = await problemOf(accept(token, 'new comer'), 422);
  assert.deepEqual(
    name.errors.map(({ path }) => path),
    ['/username'],
  );
  await problemOf(accept(token, 'newcomer', { name: 'a'.repeat(10_000) }), 422);
  await problemOf(accept(token, server.owner.username), 409);
  await problemOf(accept(token, 'newcomer', { roles: [{ role: 'owner' }] }), 422);
  await bodyOf(accept(token, 'newcomer', { name: '<script>alert(1)</script>' }), 201);
});

test('invitations of another organization are not there', async () => {
  const { invitation } = await invite();
  assert.ok(!(await list(away.api)).includes(invitation.email));
  await problemOf(away.api.post(`/invitations/${invitation.id}/send`), 404);
  await problemOf(away.api.delete(`/invitations/${invitation.id}`), 404);
});

test('a letter is written in the language that was chosen, and an organization’s name is text in it', async () => {
  await server.admin(`update organizations set name = $1 where slug = 'away'`, [
    '<b>Ostrów</b>\r\nBcc: evil@example.com',
  ]);
  const { email } = await invite([], away.api, { language: 'pl' });
  const letter = await mail.arrived(email, /Przyjmij zaproszenie:/);
  assert.match(letter.html, /&lt;b&gt;Ostrów&lt;\/b&gt; Bcc: evil@example.com/);
  assert.doesNotMatch(letter.html, /<b>/);
  assert.doesNotMatch(letter.source.split('\r\n\r\n', 1)[0] ?? '', /^Bcc/im);
  assert.deepEqual(letter.to, [email]);
});

test('who invited sees that the letter was not taken, and why', async (t) => {
  t.after(() => {
    mail.mood = 'take';
  });
  mail.mood = 'refuse';
  const email = 'unknown-there@example.com';
  const { id, ...made } = await bodyOf(server.api.post<Invitation>('/invitations', { email }), 201);
  assert.deepEqual([made.mail, made.fault], ['waiting', null]);
  const seen = async () =>
    (await bodyOf(server.api.get<{ items: Invitation[] }>('/invitations'))).items.find((one) => one.id === id);
  const failed = await until(async () => {
    const one = await seen();
    return one?.mail === 'failed' ? one : undefined;
  }, 'it failed');
  assert.match(failed.fault ?? '', /550/);
  mail.mood = 'take';
  await bodyOf(server.api.post(`/invitations/${id}/send`), 200);
  await until(async () => (await seen())?.mail === 'sent', 'it is sent');
});
