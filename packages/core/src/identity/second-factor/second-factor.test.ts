import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Organization, Tokens, User } from '@muster/contract/identity';
import { type Answer, bodyOf, createApi, problemOf } from '@muster/testkit/api';
import { createAuthenticator } from '@muster/testkit/authenticator';
import { PASSWORD, type TestPerson } from '@muster/testkit/organization';
import { startTestServer, type TestServer } from '@muster/testkit/server';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.stop());

/** Every person of tests has changed his first password to this one. */
const password = `${PASSWORD}, then coffee`;

interface Prepared {
  uri: string;
  secret: string;
  qr: string;
}

const prepare = (person: TestPerson) => bodyOf(person.api.post<Prepared>('/auth/mfa/setup', { password }), 200);
const signIn = (person: TestPerson, code?: string): Promise<Answer<Tokens>> =>
  server.anybody.post('/auth/login', {
    username: person.username,
    password,
    organization: server.slug,
    ...(code === undefined ? {} : { code }),
  });

/** A person with a confirmed second factor; the code of the step before this one is used up by it. */
async function withFactor() {
  const person = await server.addPerson([{ role: 'viewer' }]);
  const phone = createAuthenticator((await prepare(person)).secret);
  const { backupCodes } = await bodyOf(
    person.api.post<{ backupCodes: string[] }>('/auth/mfa/confirm', { code: phone.code(-1) }),
    200,
  );
  return { person, phone, backupCodes };
}

test('a seed counts from the moment when a code of it was shown, and then a sign-in needs one', async () => {
  const person = await server.addPerson([{ role: 'viewer' }]);
  await problemOf(person.api.post('/auth/mfa/setup', { password: 'not the password' }), 422);
  const prepared = await prepare(person);
  assert.match(prepared.uri, /^otpauth:\/\/totp\/Muster:/);
  assert.match(prepared.qr, /^<svg /);
  await bodyOf(signIn(person), 200);
  await problemOf(person.api.post('/auth/mfa/confirm', { code: '000000' }), 422);
  const phone = createAuthenticator(prepared.secret);
  await bodyOf(person.api.post('/auth/mfa/confirm', { code: phone.code(-1) }), 200);
  const needed = await problemOf(signIn(person), 401);
  assert.deepEqual(needed.errors, [{ path: '/code', message: 'is needed', code: 'code-needed' }]);
  await bodyOf(signIn(person, phone.code(0)), 200);
  await problemOf(person.api.post('/auth/mfa/setup', { password }), 409);
});

test('who does not know the password does not learn that there is a second factor', async () => {
  const { person, phone } = await withFactor();
  const wrong = (code?: string) =>
    server.anybody.post('/auth/login', {
      username: person.username,
      password: 'not the password',
      organization: server.slug,
      ...(code ? { code } : {}),
    });
  for (const code of [undefined, phone.code(0)]) {
    const problem = await problemOf(wrong(code), 401);
    assert.deepEqual(problem.errors, []);
    assert.equal(problem.detail, 'The user name or the password is wrong.');
  }
  await bodyOf(signIn(person, phone.code(0)), 200);
});

test('a code opens once: not again, not twice at the same moment, not after a restart', async () => {
  const { person, phone } = await withFactor();
  const code = phone.code(0);
  const both = await Promise.all([signIn(person, code), signIn(person, code)]);
  assert.deepEqual(both.map(({ status }) => status).sort(), [200, 401]);
  await server.restart();
  await problemOf(signIn(person, code), 401);
  await bodyOf(signIn(person, phone.code(1)), 200);
});

test('a backup code opens once, however it is written, and new ones end the old', async () => {
  const { person, phone, backupCodes } = await withFactor();
  assert.equal(new Set(backupCodes).size, 10);
  const [first = '', second = ''] = backupCodes;
  await bodyOf(signIn(person, first.toUpperCase().replace('-', ' ')), 200);
  await problemOf(signIn(person, first), 401);
  const state = () => bodyOf(person.api.get<{ backupCodesLeft: number }>('/auth/mfa'), 200);
  assert.equal((await state()).backupCodesLeft, 9);
  const renewed = await bodyOf(
    person.api.post<{ backupCodes: string[] }>('/auth/mfa/backup-codes', { password, code: phone.code(0) }),
    200,
  );
  assert.equal((await state()).backupCodesLeft, 10);
  await problemOf(signIn(person, second), 401);
  await bodyOf(signIn(person, renewed.backupCodes[0]), 200);
});

test('codes that are guessed are slowed down wherever they come from', async () => {
  const { person, backupCodes } = await withFactor();
  const statuses: number[] = [];
  for (let tries = 0; tries < 7; tries++) statuses.push((await signIn(person, '000000')).status);
  assert.deepEqual(statuses.slice(0, 5), [401, 401, 401, 401, 401]);
  assert.equal(statuses.at(-1), 429);
  assert.equal((await signIn(person, backupCodes[0])).status, 429, 'even a right one waits');
});

test('it is put away with the password and a code, and not beside a password that is too short alone', async () => {
  const { person, phone, backupCodes } = await withFactor();
  const short = 'gnu leaps';
  await bodyOf(person.api.post('/auth/password/change', { currentPassword: password, newPassword: short }), 204);
  const disable = (code: string | undefined, secret: string) =>
    person.api.post('/auth/mfa/disable', { code, password: secret });
  await problemOf(disable(phone.code(0), short), 409);
  const long = 'a gnu that leaps over a fence';
  await bodyOf(person.api.post('/auth/password/change', { currentPassword: short, newPassword: long }), 204);
  await problemOf(disable(backupCodes[0], 'not the password'), 422);
  await problemOf(disable('000000', long), 422);
  await bodyOf(disable(backupCodes[0], long), 204);
  const login = { username: person.username, password: long, organization: server.slug };
  const { accessToken } = await bodyOf(server.anybody.post<Tokens>('/auth/login', login), 200);
  const api = createApi(
    () => server.http,
    () => accessToken,
  );
  assert.deepEqual(await bodyOf(api.get('/auth/mfa'), 200), { confirmedAt: null, backupCodesLeft: 0 });
});

test('the seed is kept wrapped, and codes as hashes only', async () => {
  const { phone, backupCodes } = await withFactor();
  const rows = await server.admin<{ text: string }>(
    `select second_factors::text as text from second_factors union all select backup_codes::text from backup_codes`,
  );
  const kept = rows.map(({ text }) => text).join('\n');
  for (const secret of [phone.seed.toString('hex'), phone.seed.toString('base64'), ...backupCodes])
    assert.ok(!kept.includes(secret));
  assert.ok(!server.log.join('').includes(backupCodes[0] as string));
});

test('everybody is told what his next password must be: by his second factor and by his organization', async () => {
  const plain = await server.addPerson([{ role: 'viewer' }]);
  const { person } = await withFactor();
  const rulesOf = async ({ api }: TestPerson) => {
    const { passwordRule, organization } = await bodyOf(api.get<User>('/auth/me'));
    return [passwordRule, organization.passwordRule];
  };
  const usual = { least: 15, classes: false };
  assert.deepEqual(await rulesOf(plain), [usual, usual]);
  assert.deepEqual(await rulesOf(person), [{ least: 8, classes: false }, usual]);

  const path = `/organizations/${server.id}`;
  const { version } = await bodyOf(server.api.get<Organization>(path));
  await bodyOf(server.api.patch(path, { passwordClasses: true }, { version }));
  const strict = { least: 12, classes: true };
  assert.deepEqual(await rulesOf(plain), [strict, strict]);
  assert.deepEqual(await rulesOf(person), [strict, strict]);
});
