import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { User } from '@muster/contract/identity';
import { bodyOf, problemOf } from '@muster/testkit/api';
import { type MailServer, startMailServer } from '@muster/testkit/mail';
import { startTestServer, type TestServer } from '@muster/testkit/server';

let mail: MailServer;
let server: TestServer;
before(async () => {
  mail = await startMailServer();
  const environment = { MUSTER_SMTP_URL: mail.url, MUSTER_MAIL_FROM: 'Muster <muster@nordhaven.example>' };
  server = await startTestServer({ environment });
});
after(async () => {
  await server.stop();
  await mail.close();
});

test('somebody changes how he is called and where mail reaches him, and both addresses hear of it', async () => {
  const person = await server.addPerson([{ role: 'viewer' }]);
  const names = ["O'Brien--", '<script>alert(1)</script>', '\u202eמנהל', ''];
  for (const name of names) {
    const saved = await bodyOf(person.api.patch<User>('/auth/me', { name }));
    assert.equal(saved.name, name);
    assert.equal((await bodyOf(person.api.get<User>('/auth/me'))).name, name);
  }
  const saved = await bodyOf(person.api.patch<User>('/auth/me', { email: 'moved@example.com' }));
  assert.deepEqual([saved.email, saved.emailVerified], ['moved@example.com', false]);
  await mail.arrived(`${person.username}@example.com`, /moved@example\.com/);
  await mail.arrived('moved@example.com', /verify-email/);
  const [entry] = await server.admin<{ details: { before: { email: string }; after: { email: string } } }>(
    `select details from audit_entries where action = 'auth.profile_changed' order by seq desc limit 1`,
  );
  assert.equal(entry?.details.after.email, 'moved@example.com');
});

test('nothing else about himself is his to change, nor is what somebody else has', async () => {
  const person = await server.addPerson([{ role: 'viewer' }]);
  const other = await server.addPerson([{ role: 'viewer' }]);
  for (const wrong of [
    { username: 'owner' },
    { role: 'owner' },
    { status: 'active' },
    { permissions: ['user:write'] },
    { organizationId: server.id },
    { email: 'nobody' },
    { name: 'x'.repeat(10_000) },
  ]) {
    await problemOf(person.api.patch('/auth/me', wrong), 422);
  }
  await problemOf(person.api.patch('/auth/me', { email: `${other.username}@example.com` }), 409);
  const key = await bodyOf(
    server.api.post<{ secret: string }>('/api-keys', { name: 'k', permissions: ['device:read'] }),
    201,
  );
  const answer = await server.anybody.patch(
    '/auth/me',
    { name: 'x' },
    { headers: { authorization: `Bearer ${key.secret}` } },
  );
  assert.equal(answer.status, 403);
});
