import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { bodyOf, problemOf } from '@muster/testkit/api';
import { linkOf, type MailServer, startMailServer } from '@muster/testkit/mail';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { until } from '@muster/testkit/until';
import { createLog } from '../platform/log.ts';
import { openSecret } from '../platform/secret.ts';
import { createPostman } from './postman.ts';
import { createSmtp } from './smtp.ts';

const settings = (mail: MailServer) => ({
  MUSTER_SMTP_URL: mail.url,
  MUSTER_MAIL_FROM: 'Muster <muster@nordhaven.example>',
});

let mail: MailServer;
let server: TestServer;
before(async () => {
  mail = await startMailServer();
  server = await startTestServer({ environment: settings(mail) });
});
afterEach(() => {
  mail.mood = 'take';
});
after(async () => {
  await server.stop();
  await mail.close();
});

interface Row {
  state: string;
  attempts: number;
  fault: string | null;
  content: string | null;
}

let invited = 0;
/** Posts a mail. @returns its address */
async function post(of = server): Promise<string> {
  const email = `invited-${++invited}@example.com`;
  await bodyOf(of.api.post('/invitations', { email }), 201);
  return email;
}

async function rowOf(address: string, of = server): Promise<Row> {
  const rows = await of.admin<Row>('select state, attempts, fault, content from mails where address = $1', [address]);
  assert.equal(rows.length, 1);
  return rows[0] as Row;
}
const becomes = (address: string, state: string, of = server) =>
  until(
    async () => {
      const row = await rowOf(address, of);
      return row.state === state ? row : undefined;
    },
    `the mail to ${address} is ${state}`,
    { deadline: 20_000 },
  );
const isTried = (address: string, of = server) =>
  until(
    async () => {
      const row = await rowOf(address, of);
      return row.fault === null ? undefined : row;
    },
    `a mail to ${address} was tried`,
    { deadline: 20_000 },
  );
const healthOf = async (of = server) => {
  const { components } = await bodyOf(
    of.api.get<{ components: Record<string, { status: string; detail: string }> }>('/health'),
  );
  return components.mail;
};

const figure = async (name: string) => {
  const { text } = await server.api.get('/metrics');
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
};

test('a mail leaves once, and what was in it is forgotten', async () => {
  const address = await post();
  const { source } = await mail.arrived(address, /Invitation|invites you/);
  const row = await becomes(address, 'sent');
  assert.deepEqual(row, { state: 'sent', attempts: 1, fault: null, content: null });
  assert.match(source, /^From: Muster <muster@nordhaven.example>\r$/m);
  assert.match(source, /^Auto-Submitted: auto-generated\r$/im);
  assert.match(source, /^Message-ID: <[0-9a-f-]{36}@nordhaven.example>\r$/im);
  assert.equal((await healthOf())?.status, 'up');
});

test('what waits is not to be read in the store', async () => {
  mail.mood = 'later';
  const address = await post();
  const { content } = await isTried(address);
  assert.ok(content && content.length > 100);
  assert.doesNotMatch(Buffer.from(content, 'base64').toString('latin1'), /token|mi_|invitation/);
  mail.mood = 'take';
  await mail.arrived(address, /invites you/);
});

test('a change that did not happen sends nothing', async () => {
  const address = await post();
  await mail.arrived(address, /invites you/);
  await problemOf(server.api.post('/invitations', { email: address.toUpperCase() }), 409);
  await problemOf(server.api.post('/invitations', { email: 'x@example.com', roles: [{ role: 'nothing' }] }), 422);
  const rows = await server.admin(`select from mails where lower(address) in (lower($1), 'x@example.com')`, [address]);
  assert.equal(rows.length, 1);
});

test('a server that wants it later gets it later, once', async () => {
  mail.mood = 'later';
  const address = await post();
  const { state, fault } = await isTried(address);
  assert.equal(state, 'waiting');
  assert.match(fault ?? '', /451/);
  assert.equal((await healthOf())?.status, 'up', 'the server answers');
  mail.mood = 'take';
  await mail.arrived(address, /invites you/);
  const row = await becomes(address, 'sent');
  assert.ok(row.attempts >= 2);
  assert.equal(mail.to(address).length, 1);
});

test('of links that end before their letters are sent, only the newest is sent', async () => {
  mail.mood = 'later';
  const [email, revoked] = [`invited-${++invited}@example.com`, await post()];
  const { id } = await bodyOf(server.api.post<{ id: string }>('/invitations', { email }), 201);
  await isTried(email);
  await bodyOf(server.api.post(`/invitations/${id}/send`), 200);
  const { items } = await bodyOf(server.api.get<{ items: { id: string; email: string }[] }>('/invitations'));
  const over = items.find((one) => one.email === revoked)?.id;
  await bodyOf(server.api.delete(`/invitations/${over}`), 204);
  mail.mood = 'take';
  const { token } = linkOf(await mail.arrived(email, /invites you/));
  await bodyOf(server.anybody.post('/invitations/look', { token }), 200);
  await mail.arrived(await post(), /invites you/);
  assert.deepEqual([mail.to(email).length, mail.to(revoked).length], [1, 0]);
});

test('an address that the server does not know is tried no more, and why stands there', async () => {
  mail.mood = 'refuse';
  const address = await post();
  const row = await becomes(address, 'failed');
  assert.equal(row.attempts, 1);
  assert.match(row.fault ?? '', /550/);
  assert.equal(row.content, null);
  assert.equal((await healthOf())?.status, 'up');
});

test('a server that takes nothing from this sender is a fault of the settings: the mail waits', async () => {
  mail.mood = 'stranger';
  const address = await post();
  const { state, fault } = await isTried(address);
  assert.equal(state, 'waiting');
  assert.match(fault ?? '', /530/);
  assert.match((await healthOf())?.detail ?? '', /530/);
  mail.mood = 'take';
  await mail.arrived(address, /invites you/);
});

test('a server that goes away in the middle gets the mail when it is back', async () => {
  mail.mood = 'drop';
  const address = await post();
  await isTried(address);
  assert.equal(mail.to(address).length, 0);
  assert.equal((await healthOf())?.status, 'degraded');
  mail.mood = 'take';
  await mail.arrived(address, /invites you/);
  await becomes(address, 'sent');
  assert.equal(mail.to(address).length, 1);
  assert.equal((await healthOf())?.status, 'up');
});

test('while the server is gone mails wait, health says why, and all leave once when it is back', async () => {
  await mail.close();
  const addresses = [await post(), await post(), await post()];
  await isTried(addresses[0] as string);
  const health = await until(async () => {
    const now = await healthOf();
    return now?.status === 'degraded' ? now : undefined;
  }, 'health says so');
  assert.match(health.detail, /ECONNREFUSED/);
  await until(async () => (await figure('muster_mails_waiting')) === 3, 'the outbox says how many wait');
  const sent = await figure('muster_mails_sent_total');
  await mail.open();
  for (const address of addresses) {
    await mail.arrived(address, /invites you/);
    await becomes(address, 'sent');
    assert.equal(mail.to(address).length, 1);
  }
  assert.equal((await healthOf())?.status, 'up');
  await until(async () => (await figure('muster_mails_waiting')) === 0, 'nothing waits any more');
  assert.equal(await figure('muster_mails_sent_total'), sent + 3);
});

test('a server that says nothing holds nobody up: neither who invites, nor the end, and the mail leaves after it', async () => {
  mail.mood = 'hang';
  const before = mail.visits;
  const address = await post();
  await until(() => mail.visits > before, 'it is connected to');
  await server.restart();
  assert.equal((await rowOf(address)).state, 'waiting');
  mail.mood = 'take';
  await mail.arrived(address, /invites you/);
  await becomes(address, 'sent');
  assert.equal(mail.to(address).length, 1);
});

test('a mail that could not be sent in time is given up, with its last fault', async () => {
  mail.mood = 'later';
  const address = await post();
  await isTried(address);
  await server.admin('update mails set expires_at = now(), next_at = now() where address = $1', [address]);
  mail.mood = 'take';
  const row = await becomes(address, 'failed');
  assert.match(row.fault ?? '', /451/);
  assert.equal(row.content, null);
  assert.equal(mail.to(address).length, 0);
});

test('a certificate that nobody vouches for is not talked to', async (t) => {
  const secure = await startMailServer({ secure: true });
  const other = await startTestServer({ environment: settings(secure) });
  t.after(async () => {
    await other.stop();
    await secure.close();
  });
  const address = await post(other);
  const { fault, state } = await isTried(address, other);
  assert.match(fault ?? '', /certificate/i);
  assert.equal(state, 'waiting');
  assert.deepEqual(secure.mails, []);
  assert.match((await healthOf(other))?.detail ?? '', /certificate/i);
});

test('a server that asks who comes is told, and a wrong answer is no fault of the mail', async (t) => {
  const guarded = await startMailServer({ user: 'muster' });
  const right = await startTestServer({ environment: settings(guarded) });
  t.after(async () => {
    await right.stop();
    await guarded.close();
  });
  const address = await post(right);
  await guarded.arrived(address, /invites you/);
  const wrong = await startTestServer({
    environment: { ...settings(guarded), MUSTER_SMTP_URL: guarded.url.replace('muster:', 'somebody:') },
  });
  t.after(() => wrong.stop());
  const other = await post(wrong);
  const { state, fault } = await isTried(other, wrong);
  assert.equal(state, 'waiting');
  assert.match(fault ?? '', /535/);
  assert.equal((await healthOf(wrong))?.status, 'degraded');
  assert.ok(!wrong.log.join('').includes('secret@'), 'the password is in no log');
});

test('two nodes share the outbox: each mail leaves once', async (t) => {
  const other = createPostman({
    db: server.muster.db,
    secret: await openSecret(join(server.dataDir, 'secret')),
    smtp: await createSmtp(mail.url, 'muster@nordhaven.example'),
    base: () => 'https://other.example',
    log: createLog('silent'),
  });
  other.start();
  t.after(() => other.stop());
  const addresses: string[] = [];
  for (let count = 0; count < 12; count++) {
    addresses.push(await post());
    other.wake();
  }
  for (const address of addresses) {
    await mail.arrived(address, /invites you/);
    await becomes(address, 'sent');
  }
  for (const address of addresses) assert.equal(mail.to(address).length, 1, address);
});
