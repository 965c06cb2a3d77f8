import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import type { Tokens } from '@muster/contract/identity';
import { bodyOf, createApi, problemOf } from '@muster/testkit/api';
import { createAuthenticator } from '@muster/testkit/authenticator';
import { type MailServer, startMailServer } from '@muster/testkit/mail';
import { PASSWORD } from '@muster/testkit/organization';
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

const main = join(import.meta.dirname, 'main.ts');
const muster = (...args: string[]) =>
  promisify(execFile)(process.execPath, [main, ...args], {
    env: { ...process.env, MUSTER_DATA_DIR: server.dataDir },
  });
const signIn = (password: string, code?: string) =>
  server.anybody.post<Tokens>('/auth/login', { username: 'owner', password, ...(code ? { code } : {}) });

test('an owner who lost password and authenticator gets in again, from the server’s own machine only', async () => {
  await server.admin(`update users set email = 'owner@example.com'`);
  const { secret } = await bodyOf(server.api.post<{ secret: string }>('/auth/mfa/setup', { password: PASSWORD }), 200);
  const phone = createAuthenticator(secret);
  await bodyOf(server.api.post('/auth/mfa/confirm', { code: phone.code(-1) }), 200);
  const { stdout } = await muster('user', 'reset-password', 'OWNER', '--remove-second-factor');
  const password = stdout.trim();
  await mail.arrived('owner@example.com', /password of your account .* was changed/);
  assert.match(password, /^\S{20}$/);
  await problemOf(server.api.get('/auth/me'), 401);
  await problemOf(signIn(PASSWORD), 401);
  const { accessToken, user } = await bodyOf(signIn(password), 200);
  assert.equal(user.mustChangePassword, true);
  const api = createApi(
    () => server.http,
    () => accessToken,
  );
  await problemOf(api.get('/devices'), 403);
  const change = { currentPassword: password, newPassword: 'five herons in the reeds' };
  await bodyOf(api.post('/auth/password/change', change), 204);
  await bodyOf(api.get('/devices'), 200);
  const [entry] = await server.admin<{ actor_id: string }>(
    `select actor_id from audit_entries where action = 'user.password_reset'`,
  );
  assert.equal(entry?.actor_id, 'cli');
});

test('a name may stand behind its organization, as people sign in', async () => {
  const { stdout } = await muster('user', 'reset-password', `${server.slug}/owner`);
  assert.match(stdout.trim(), /^\S{20}$/);
  await assert.rejects(muster('user', 'reset-password', 'nowhere/owner'), ({ stderr }) =>
    /There is no such organization/.test(stderr),
  );
});

test('a person who is not there, and a command that is half a command, say so', async () => {
  await assert.rejects(muster('user', 'reset-password', 'nobody'), ({ stderr, code }) => {
    assert.match(stderr, /There is no such person/);
    return code === 1;
  });
  await assert.rejects(muster('user', 'reset'), ({ stderr }) => /Say: muster user reset-password/.test(stderr));
});
