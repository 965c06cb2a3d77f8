import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import type { Tokens } from '@muster/contract/identity';
import { bodyOf, createApi, problemOf } from '@muster/testkit/api';
import { createAuthenticator } from '@muster/testkit/authenticator';
import { linkOf, type MailServer, startMailServer } from '@muster/testkit/mail';
import { PASSWORD, type TestOrganization } from '@muster/testkit/organization';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { until } from '@muster/testkit/until';

let mail: MailServer;
let server: TestServer;
let away: TestOrganization;
before(async () => {
  mail = await startMailServer();
  const environment = { MUSTER_SMTP_URL: mail.url, MUSTER_MAIL_FROM: 'Muster <muster@nordhaven.example>' };
  server = await startTestServer({ environment });
  away = await server.organization('away');
});
after(async () => {
  await server.stop();
  await mail.close();
});

const OLD = `${PASSWORD}, then coffee`;
const NEW = 'eleven lanterns by the weir';
const LINK = /Choose a new password:/;
const forgot = (username: string) => server.anybody.post('/auth/password/forgot', { username });
const reset = (token: string, password = NEW, more: object = {}) =>
  server.anybody.post('/auth/password/reset', { token, password, ...more });
const login = (username: string, password: string, organization = server.slug) =>
  server.anybody.post<Tokens>('/auth/login', { username, password, organization });

/** Somebody with an address, and the token of a link that was sent there. */
async function forgetful(organization: TestOrganization = server) {
  const person = await organization.addPerson([{ role: 'viewer' }]);
  const address = `${person.username}@example.com`;
  await bodyOf(forgot(person.username), 202);
  const { token } = linkOf(await mail.arrived(address, LINK));
  return { ...person, address, token };
}

async function isDead(token: string): Promise<void> {
  const { errors } = await problemOf(reset(token, `${NEW}, and another`), 422);
  assert.deepEqual(errors, [{ path: '/token', message: 'is not good any more', code: 'link-dead' }]);
}

/** Everything that was posted before has been decided upon. */
async function isSettled(): Promise<void> {
  const { address, username } = await lastInLine();
  await bodyOf(forgot(username), 202);
  await mail.arrived(address, LINK);
}
async function lastInLine() {
  const { username } = await server.addPerson([{ role: 'viewer' }]);
  return { username, address: `${username}@example.com` };
}

test('whoever forgot his password gets a link, and with it a new password, once; every session ends', async () => {
  const { username, address, token, id } = await forgetful();
  const { accessToken } = await bodyOf(login(username, OLD));
  assert.match(token, /^mr_[\w-]{43}$/, '256 random bits');
  await bodyOf(reset(token), 204);
  await bodyOf(login(username, NEW), 200);
  const api = createApi(
    () => server.http,
    () => accessToken,
  );
  await problemOf(api.get('/auth/me'), 401);
  await problemOf(login(username, OLD), 401);
  // the first one is about his first password
  const notice = await mail.arrived(address, /password .* was changed/, 2);
  assert.doesNotMatch(notice.text, /https?:/);
  await isDead(token);
  const person = await bodyOf(server.api.get<{ emailVerified: boolean }>(`/users/${id}`));
  assert.equal(person.emailVerified, true, 'the link came to that address');
  const entries = await server.admin<{ action: string; details: object }>(
    `select action, details from audit_entries where object = $1 and action like 'auth.password_reset%' order by seq`,
    [`user:${id}`],
  );
  assert.deepEqual(
    entries.map(({ action }) => action),
    ['auth.password_reset_asked', 'auth.password_reset'],
  );
  assert.doesNotMatch(JSON.stringify(entries), /mr_/);
});

test('nothing of the answer says whether there is such an account, and only who can read it gets a letter', async () => {
  const known = await lastInLine();
  const disabled = await server.addPerson([]);
  await bodyOf(server.api.patch(`/users/${disabled.id}`, { status: 'disabled' }, { version: disabled.version }), 200);
  // the unattended first owner has an address that reaches nobody
  const asked = [
    known.username,
    known.address,
    disabled.username,
    server.owner.username,
    'nobody-here',
    '<script>',
    "' or 1=1 --",
  ];
  const answers = [];
  for (const username of asked) {
    const { status, text, headers } = await forgot(username);
    const names = [...headers.keys()].filter((name) => !name.startsWith('x-ratelimit'));
    answers.push(JSON.stringify([status, text, names.sort()]));
  }
  assert.equal(new Set(answers).size, 1, answers.join('\n'));
  assert.match(answers[0] ?? '', /^\[202,"",/);
  await mail.arrived(known.address, LINK);
  await isSettled();
  const rows = await server.admin(
    `select from mails where (user_id = $1 and kind = 'password-reset') or address like '%.invalid'`,
    [disabled.id],
  );
  assert.deepEqual(rows, []);
});

test('a newer link ends the older one, and an old one is none any more', async () => {
  const { username, address, token } = await forgetful();
  await bodyOf(forgot(username), 202);
  const newer = linkOf(await mail.arrived(address, LINK, 2)).token;
  await isDead(token);
  const [link] = await server.admin<{ minutes: number }>(
    `select round(extract(epoch from l.expires_at - now()) / 60)::int as minutes from mail_links l join users u on u.id = l.user_id where u.username = $1`,
    [username],
  );
  assert.equal(link?.minutes, 30);
  await server.admin(`update mail_links set expires_at = now() where purpose = 'password-reset'`);
  await isDead(newer);
  await bodyOf(login(username, OLD), 200);
});

test('of several that use a link at the same moment one succeeds', async () => {
  const { username, token } = await forgetful();
  const passwords = [1, 2, 3, 4].map((number) => `${NEW}, number ${number}`);
  const answers = await Promise.all(passwords.map((password) => reset(token, password)));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [204, 422, 422, 422]);
  const right = passwords[answers.findIndex(({ status }) => status === 204)] as string;
  await bodyOf(login(username, right), 200);
});

test('a link does not stand in for the second factor, whose codes are slow to guess here too', async () => {
  const person = await forgetful();
  const { secret } = await bodyOf(person.api.post<{ secret: string }>('/auth/mfa/setup', { password: OLD }), 200);
  const phone = createAuthenticator(secret);
  await bodyOf(person.api.post('/auth/mfa/confirm', { code: phone.code(-1) }), 200);
  const asked = await problemOf(reset(person.token), 422);
  assert.deepEqual(asked.errors, [{ path: '/code', message: 'is needed', code: 'code-needed' }]);
  const wrong = await problemOf(reset(person.token, NEW, { code: '000000' }), 422);
  assert.deepEqual(
    wrong.errors.map(({ path }) => path),
    ['/code'],
  );
  await problemOf(login(person.username, NEW), 401);
  await bodyOf(reset(person.token, NEW, { code: phone.code(0) }), 204);
  const state = await problemOf(login(person.username, NEW), 401);
  assert.deepEqual(
    state.errors.map(({ path }) => path),
    ['/code'],
    'the second factor is still there',
  );

  const other = await forgetful();
  const prepared = await bodyOf(other.api.post<{ secret: string }>('/auth/mfa/setup', { password: OLD }), 200);
  const own = createAuthenticator(prepared.secret);
  await bodyOf(other.api.post('/auth/mfa/confirm', { code: own.code(-1) }), 200);
  const statuses: number[] = [];
  for (let tries = 0; tries < 6; tries++) statuses.push((await reset(other.token, NEW, { code: '000000' })).status);
  assert.deepEqual(statuses, [422, 422, 422, 422, 422, 429]);
  assert.equal((await reset(other.token, NEW, { code: own.code(0) })).status, 429, 'even a right one waits');
});

test('a password that is not good enough leaves the link as it is', async () => {
  const { username, token } = await forgetful();
  for (const password of ['short', username.repeat(2), 'aaaaaaaaaaaaaaaaaaaa']) {
    const { errors } = await problemOf(reset(token, password), 422);
    assert.deepEqual(
      errors.map(({ path }) => path),
      ['/password'],
      password,
    );
  }
  await bodyOf(reset(token), 204);
});

test('asking is slowed down by name and source, and nobody gets more than three letters in an hour', async () => {
  const { username, address } = await lastInLine();
  for (const name of [username, username.toUpperCase(), address, address]) await bodyOf(forgot(name), 202);
  await isSettled();
  const letters = await server.admin(`select from mails where address = $1 and kind = 'password-reset'`, [address]);
  assert.equal(letters.length, 3);
  for (const name of ['never-heard-of', username]) {
    const statuses: number[] = [];
    for (let tries = 0; tries < 6; tries++) statuses.push((await forgot(name)).status);
    assert.ok(statuses.includes(429), `${name}: ${statuses}`);
  }
  // what was asked for here must not slow down the tests that follow
  await server.restart();
});

test('whoever was disabled, or got another address or password since, has no use of his link', async () => {
  const disabled = await forgetful();
  await bodyOf(server.api.patch(`/users/${disabled.id}`, { status: 'disabled' }, { version: disabled.version }), 200);
  await isDead(disabled.token);
  const moved = await forgetful();
  const email = 'moved@example.com';
  await bodyOf(server.api.patch(`/users/${moved.id}`, { email }, { version: moved.version }), 200);
  await isDead(moved.token);
  const changed = await forgetful();
  await bodyOf(changed.api.post('/auth/password/change', { currentPassword: OLD, newPassword: NEW }), 204);
  await isDead(changed.token);
});

test('a name that two organizations have gets a letter from each, and each link opens its own', async () => {
  const here = await server.addPerson([{ role: 'viewer' }]);
  const there = await away.addPerson([{ role: 'viewer' }]);
  await server.admin('update users set username = $1 where id in ($2, $3)', ['twin', here.id, there.id]);
  await bodyOf(forgot('twin'), 202);
  const letter = await mail.arrived(`${there.username}@example.com`, LINK);
  assert.match(letter.text, /account at away/);
  assert.match((await mail.arrived(`${here.username}@example.com`, LINK)).text, /account at nordhaven/);
  const { token } = linkOf(letter);
  await bodyOf(reset(token), 204);
  await bodyOf(login('twin', NEW, 'away'), 200);
  await bodyOf(login('twin', OLD), 200);
});

test('whatever host a request names, the link is this server’s own', async () => {
  const { username, address } = await lastInLine();
  const { hostname, port, origin } = new URL(server.http);
  const evil = 'evil.example';
  const headers = {
    host: evil,
    'x-forwarded-host': evil,
    'x-forwarded-proto': 'https',
    forwarded: `host=${evil}`,
    origin: `https://${evil}`,
    referer: `https://${evil}/`,
    'content-type': 'application/json',
  };
  const status = await new Promise((done, fail) => {
    const path = '/api/v1/auth/password/forgot';
    request({ hostname, port, path, method: 'POST', headers }, (answer) => {
      answer.resume();
      done(answer.statusCode);
    })
      .on('error', fail)
      .end(JSON.stringify({ username }));
  });
  assert.equal(status, 202);
  const letter = await mail.arrived(address, LINK);
  assert.equal(linkOf(letter).url.origin, origin);
  assert.equal(linkOf(letter).url.pathname, '/reset-password');
  assert.equal(linkOf(letter).url.search, '', 'a token stands behind # only');
  assert.ok(!letter.source.includes(evil));
});

test('names go into letters as text: no markup, no header, no turned direction', async () => {
  const names = [
    '<script>alert(1)</script>',
    'x\r\nBcc: evil@example.com',
    '\u202etxet\u202c מנהל',
    'a'.repeat(10_000),
    '{{name}} $& %s',
  ];
  const slug = 'names';
  const strange = await server.organization(slug);
  for (const name of names) {
    const { username, id } = await strange.addPerson([]);
    const address = `${username}@example.com`;
    // more than any form would take
    await server.admin('update users set name = $1 where id = $2', [name, id]);
    await server.admin('update organizations set name = $1 where slug = $2', [name, slug]);
    await bodyOf(forgot(username), 202);
    const { html, text, source, to } = await mail.arrived(address, LINK);
    assert.deepEqual(to, [address]);
    assert.doesNotMatch(html, /<script/i);
    assert.doesNotMatch(source.split('\r\n\r\n', 1)[0] ?? '', /^Bcc/im);
    assert.doesNotMatch(text + html, /[\u202a-\u202e]/);
    assert.ok(text.length < 2000, `${text.length}`);
  }
  const [odd = ''] = mail.mails.map(({ html }) => html).filter((html) => html.includes('alert(1)'));
  assert.match(odd, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
});

test('letters are written in the language of the pages that somebody used last', async () => {
  const { username, address } = await lastInLine();
  const body = { username, password: OLD, organization: server.slug };
  await bodyOf(server.anybody.post('/auth/login', body, { headers: { 'accept-language': 'pl' } }), 200);
  await bodyOf(forgot(username), 202);
  const letter = await mail.arrived(address, /Ustaw nowe hasło:/);
  assert.match(letter.html, /<html lang="pl">/);
  assert.match(letter.text, /Dzień dobry/);
});

test('where no mail is set up the answer is the same, and the sign-in page can say so', async (t) => {
  const silent = await startTestServer();
  t.after(() => silent.stop());
  assert.deepEqual(await bodyOf(silent.anybody.get('/setup')), { required: false, mail: false });
  const { username } = await silent.addPerson([{ role: 'viewer' }]);
  for (const name of [username, 'nobody']) {
    const { text } = await silent.anybody.post('/auth/password/forgot', { username: name });
    assert.equal(text, '');
  }
  await problemOf(silent.api.post('/auth/verify-email/send'), 409);
  await problemOf(silent.api.post('/invitations', { email: 'new@example.com' }), 409);
  assert.deepEqual(await silent.admin('select from mails'), []);
  const health = () =>
    bodyOf(silent.api.get<{ status: string; components: Record<string, { status: string }> }>('/health'));
  await until(async () => (await health()).status === 'up', 'nothing is wrong with that');
  assert.equal((await health()).components.mail?.status, 'off');
});
