import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { User } from '@muster/contract/identity';
import type { Person } from '@muster/contract/users';
import { bodyOf, problemOf } from '@muster/testkit/api';
import { createAuthenticator } from '@muster/testkit/authenticator';
import { linkOf, type MailServer, startMailServer } from '@muster/testkit/mail';
import { PASSWORD } from '@muster/testkit/organization';
import { startTestServer, type TestServer } from '@muster/testkit/server';

let mail: MailServer;
let server: TestServer;
before(async () => {
  mail = await startMailServer();
  const environment = { MUSTER_SMTP_URL: mail.url, MUSTER_MAIL_FROM: 'muster@nordhaven.example' };
  server = await startTestServer({ environment });
});
after(async () => {
  await server.stop();
  await mail.close();
});

const LINK = /This address is mine:/;
const verify = (token: string) => server.anybody.post('/auth/verify-email', { token });

async function person() {
  const one = await server.addPerson([{ role: 'viewer' }]);
  const isVerified = async () => (await bodyOf(one.api.get<User>('/auth/me'))).emailVerified;
  return { ...one, address: `${one.username}@example.com`, isVerified };
}

test('whoever opens the link has a verified address, once', async () => {
  const { api, address, isVerified, id } = await person();
  assert.equal(await isVerified(), false);
  await bodyOf(api.post('/auth/verify-email/send'), 202);
  const { token, url } = linkOf(await mail.arrived(address, LINK));
  assert.equal(url.pathname, '/verify-email');
  assert.match(token, /^mv_[\w-]{43}$/);
  const twice = await Promise.all([verify(token), verify(token)]);
  assert.deepEqual(twice.map(({ status }) => status).sort(), [204, 422]);
  assert.equal(await isVerified(), true);
  assert.equal((await bodyOf(server.api.get<Person>(`/users/${id}`))).emailVerified, true);
  await problemOf(api.post('/auth/verify-email/send'), 409);
});

test('a link is of no use for anything else, nor when it is old', async () => {
  const { api, address, isVerified } = await person();
  await bodyOf(api.post('/auth/verify-email/send'), 202);
  const { token } = linkOf(await mail.arrived(address, LINK));
  const password = 'eleven lanterns by the weir';
  await problemOf(server.anybody.post('/auth/password/reset', { token, password }), 422);
  await server.admin(`update mail_links set expires_at = now() where purpose = 'verify-email'`);
  await problemOf(verify(token), 422);
  assert.equal(await isVerified(), false);
});

test('it is sent three times in an hour, and then not', async () => {
  const { api } = await person();
  for (let times = 0; times < 3; times++) await bodyOf(api.post('/auth/verify-email/send'), 202);
  await problemOf(api.post('/auth/verify-email/send'), 429);
});

test('another address is not verified; the old one is told, the new one is asked, and what was sent before ends', async () => {
  const { api, address, id, version, isVerified } = await person();
  await bodyOf(api.post('/auth/verify-email/send'), 202);
  const { token: before } = linkOf(await mail.arrived(address, LINK));
  await bodyOf(verify(before), 204);
  const email = `new-${address}`;
  const moved = await bodyOf(server.api.patch<Person>(`/users/${id}`, { email }, { version }), 200);
  assert.equal(moved.emailVerified, false);
  assert.equal(await isVerified(), false);
  const told = await mail.arrived(address, /was changed to/);
  assert.ok(told.text.includes(email));
  const { token } = linkOf(await mail.arrived(email, LINK));
  await bodyOf(verify(token), 204);
  assert.equal(await isVerified(), true);
  const same = await bodyOf(server.api.patch<Person>(`/users/${id}`, { email }, { version: moved.version }), 200);
  assert.equal(same.emailVerified, true, 'nothing was changed');
});

test('whoever turns his second factor off hears of it', async () => {
  const { api, address } = await person();
  const password = `${PASSWORD}, then coffee`;
  const { secret } = await bodyOf(api.post<{ secret: string }>('/auth/mfa/setup', { password }), 200);
  const phone = createAuthenticator(secret);
  await bodyOf(api.post('/auth/mfa/confirm', { code: phone.code(-1) }), 200);
  await bodyOf(api.post('/auth/mfa/disable', { password, code: phone.code(0) }), 204);
  await mail.arrived(address, /second factor .* was turned off/);
});

test('whoever tries many tokens is slowed down, whatever they are said to open', async () => {
  const statuses: number[] = [];
  for (let tries = 0; tries < 31; tries++) {
    const token = `mv_${tries}`;
    const path = ['/auth/verify-email', '/invitations/look'][tries % 2] as string;
    statuses.push((await server.anybody.post(path, { token })).status);
  }
  assert.ok(
    statuses.slice(0, 20).every((status) => status === 422),
    `${statuses}`,
  );
  assert.equal(statuses.at(-1), 429);
});
