import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Organization, Tokens, User } from '@muster/contract/identity';
import { bodyOf, createApi, problemOf } from '@muster/testkit/api';
import { startTestServer, type TestServer } from '@muster/testkit/server';

let server: TestServer;
before(async () => {
  server = await startTestServer({ owner: false });
});
after(() => server.stop());

const password = 'four tests before breakfast';
const wish = (more: object = {}) => ({
  setupToken: 'ms_guessed',
  organization: { name: 'Nordhaven Works', slug: 'nordhaven' },
  owner: { username: 'Anna', email: 'anna@nordhaven.example', password },
  ...more,
});
const tokenFile = () => join(server.dataDir, 'setup-token');

test('a new installation says that it needs its setup, and lets nobody in', async () => {
  assert.deepEqual(await bodyOf(server.anybody.get('/setup')), { required: true, mail: false });
  await problemOf(server.anybody.post('/auth/login', { username: 'admin', password: 'admin' }), 401);
  for (const path of ['/devices', '/places', '/auth/me', '/overview']) await problemOf(server.anybody.get(path), 401);
});

test('without the token that lies in the data directory nothing is set up', async () => {
  await problemOf(server.anybody.post('/setup', wish()), 403);
  await problemOf(server.anybody.post('/setup', wish({ setupToken: '' })), 403);
  const token = (await readFile(tokenFile(), 'utf8')).trim();
  assert.match(token, /^ms_[A-Za-z0-9_-]{32}$/, '192 random bits');
  assert.equal((await stat(tokenFile())).mode & 0o777, 0o600);
  await problemOf(server.anybody.post('/setup', wish({ setupToken: `${token}x` })), 403);
  assert.deepEqual(await bodyOf(server.anybody.get('/setup')), { required: true, mail: false });
});

test('a setup that is not right is refused with its faults, and the token still works', async () => {
  const setupToken = (await readFile(tokenFile(), 'utf8')).trim();
  const faults = async (more: object) => {
    const { errors } = await problemOf(server.anybody.post('/setup', wish({ setupToken, ...more })), 422);
    return errors.map(({ path }) => path);
  };
  assert.deepEqual(await faults({ owner: { username: 'Anna', email: 'anna@x.example', password: 'short' } }), [
    '/owner/password',
  ]);
  assert.deepEqual(await faults({ owner: { username: 'a b', email: 'nobody', password } }), [
    '/owner/username',
    '/owner/email',
  ]);
  assert.deepEqual(await faults({ organization: { name: ' ', slug: 'Nord Haven' } }), [
    '/organization/name',
    '/organization/slug',
  ]);
  assert.deepEqual(await faults({ role: 'owner' }), ['/role']);
});

test('a token of more than a day ago opens nothing, until a restart makes another', async () => {
  const age = async (hours: number) => {
    const then = new Date(Date.now() - hours * 3_600_000);
    await utimes(tokenFile(), then, then);
  };
  const read = async () => (await readFile(tokenFile(), 'utf8')).trim();
  const setupToken = await read();
  const short = { owner: { username: 'Anna', email: 'anna@x.example', password: 'short' } };
  await age(23);
  await problemOf(server.anybody.post('/setup', wish({ setupToken, ...short })), 422);
  await server.restart();
  assert.equal(await read(), setupToken, 'a young one goes on');
  for (const hours of [25, -25]) {
    await age(hours);
    const { detail } = await problemOf(server.anybody.post('/setup', wish({ setupToken })), 403);
    assert.match(detail, /24 hours.*[Rr]estart the server/);
    assert.equal(await read(), setupToken, 'nobody makes a new one by asking');
  }
  await server.restart();
  const next = await read();
  assert.notEqual(next, setupToken);
  assert.equal((await stat(tokenFile())).mode & 0o777, 0o600);
  await problemOf(server.anybody.post('/setup', wish({ setupToken })), 403);
  await problemOf(server.anybody.post('/setup', wish({ setupToken: next, ...short })), 422);
  await rm(tokenFile());
  await problemOf(server.anybody.post('/setup', wish({ setupToken: next })), 403);
  assert.ok(!existsSync(tokenFile()));
  await server.restart();
});

test('of two setups at once one wins, and the token is gone', async () => {
  const setupToken = (await readFile(tokenFile(), 'utf8')).trim();
  const [one, other] = await Promise.all([
    server.anybody.post<{ organization: Organization; user: User }>('/setup', wish({ setupToken })),
    server.anybody.post(
      '/setup',
      wish({
        setupToken,
        organization: { name: 'Other', slug: 'other' },
        owner: { username: 'ben', email: 'ben@other.example', password },
      }),
    ),
  ]);
  assert.deepEqual([one.status, other.status].sort(), [201, 409]);
  const organizations = await server.admin<{ slug: string }>('select slug from organizations');
  assert.equal(organizations.length, 1);
  const users = await server.admin<{ username: string; password_hash: string }>('select * from users');
  assert.equal(users.length, 1);
  assert.match(users[0]?.password_hash ?? '', /^\$argon2id\$/);
  assert.ok(!existsSync(tokenFile()));
  assert.deepEqual(await bodyOf(server.anybody.get('/setup')), { required: false, mail: false });
  await problemOf(server.anybody.post('/setup', wish({ setupToken })), 409);
  const [audited] = await server.admin<{ action: string }>('select action from audit_entries');
  assert.equal(audited?.action, 'setup.completed');
});

test('the owner signs in at once and may everything', async () => {
  const [{ username, slug } = { username: '', slug: '' }] = await server.admin<{ username: string; slug: string }>(
    'select username, slug from users, organizations',
  );
  const { accessToken, user } = await bodyOf(
    server.anybody.post<Tokens>('/auth/login', { username: username.toUpperCase(), password }),
  );
  assert.equal(user.organization.slug, slug);
  assert.ok(user.permissions.includes('organization:write'));
  const api = createApi(
    () => server.http,
    () => accessToken,
  );
  await bodyOf(api.post('/devices', { deviceId: 'first', type: 'generic' }), 201);
  assert.equal((await api.get('/telemetry/ledger')).status, 200, 'ingest knows the organization');
});

test('a restart brings neither a token nor another owner', async () => {
  await server.restart();
  assert.ok(!existsSync(tokenFile()));
  assert.deepEqual(await bodyOf(server.anybody.get('/setup')), { required: false, mail: false });
});
