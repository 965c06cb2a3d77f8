import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { AuditEntry, AuditVerification } from '@muster/contract/audit';
import type { Person } from '@muster/contract/users';
import { type Api, bodyOf, problemOf } from '@muster/testkit/api';
import type { TestPerson } from '@muster/testkit/organization';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { verifyExport } from '../../audit/index.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.stop());

const verify = (api: Api = server.api) => bodyOf(api.get<AuditVerification>('/audit/verify'), 200);
const erase = (id: string, api: Api = server.api) => api.post<{ entries: number }>(`/users/${id}/erase`);
const trail = async () => (await bodyOf(server.api.get<{ items: AuditEntry[] }>('/audit?limit=500'), 200)).items;

async function disable(person: TestPerson): Promise<void> {
  const { version } = await bodyOf(server.api.get<Person>(`/users/${person.id}`), 200);
  await bodyOf(server.api.patch(`/users/${person.id}`, { status: 'disabled' }, { version }), 200);
}

/** Somebody who made a place and a key, was renamed, and was disabled. */
async function busyPerson(): Promise<TestPerson> {
  const person = await server.addPerson([{ role: 'administrator' }]);
  await bodyOf(person.api.post('/places', { name: `Hall of ${person.username}`, kind: 'site' }), 201);
  await bodyOf(person.api.post('/api-keys', { name: 'script', permissions: ['device:read'] }), 201);
  await disable(person);
  return person;
}

test('of an erased person no name, address or word is left, and the chain is whole', async () => {
  const person = await busyPerson();
  await server.muster.checkpoints.take();
  const before = await trail();
  const { entries } = await bodyOf(erase(person.id), 200);
  assert.ok(entries >= 5, `${entries} entries`);
  const everywhere = await server.admin<{ text: string }>(
    `select audit_entries::text as text from audit_entries union all select users::text from users
     union all select api_keys::text from api_keys union all select sessions::text from sessions`,
  );
  assert.ok(!everywhere.some(({ text }) => text.includes(person.username)), 'his name is nowhere');
  const after = await trail();
  const about = after.filter(({ actor, object }) => actor.id === person.id || object === `user:${person.id}`);
  const [word, ...others] = about;
  assert.deepEqual([word?.action, word?.erased, word?.details], ['user.erased', false, { entries }]);
  assert.equal(others.length, entries);
  for (const { erased, actor, address, userAgent, details } of others)
    assert.deepEqual([erased, actor.name, address, userAgent, details], [true, '', null, null, {}]);
  const rest = (items: AuditEntry[]) => items.filter(({ seq, erased }) => !erased && seq <= (before[0]?.seq ?? 0));
  const gone = new Set(others.map(({ seq }) => seq));
  assert.deepEqual(
    rest(after),
    before.filter(({ seq }) => !gone.has(seq)),
    'nothing else changed',
  );
  const salts = await server.admin('select 1 from audit_entries where actor_id = $1 and salt is not null', [person.id]);
  assert.equal(salts.length, 0, 'and what was there can not be guessed back');
  const report = await verify();
  assert.deepEqual([report.ok, report.problem, report.erased], [true, null, entries]);
  assert.ok(report.checkpoints >= 1, 'signatures of before hold');
  await problemOf(server.api.get(`/users/${person.id}`), 404);
});

test('an export says of erased entries that they are, and verifies without the server', async () => {
  const file = join(server.dataDir, 'erased.ndjson');
  const { text } = await server.api.get('/audit/export?format=ndjson');
  await writeFile(file, text);
  const found = await verifyExport(file);
  assert.ok(found.ok && found.erased > 0, JSON.stringify(found.problem));
  const changed = text.replace('"personal":null,"salt":null', '"personal":{"actorName":"x"},"salt":null');
  assert.notEqual(changed, text);
  await writeFile(file, changed);
  assert.equal((await verifyExport(file)).problem?.what, 'personal_changed');
});

test('erasing again is fine and finds nothing more; nor does it erase that it was done', async () => {
  const person = await busyPerson();
  await bodyOf(server.api.delete(`/users/${person.id}`), 204);
  const { entries } = await bodyOf(erase(person.id), 200);
  assert.ok(entries >= 5, 'somebody deleted is erased as well');
  assert.deepEqual(await bodyOf(erase(person.id), 200), { entries: 0 });
  const words = (await trail()).filter(({ action, object }) => action === 'user.erased' && object.endsWith(person.id));
  assert.deepEqual(
    words.map(({ erased, details }) => [erased, details]),
    [
      [false, { entries: 0 }],
      [false, { entries }],
    ],
  );
  assert.ok((await verify()).ok);
});

test('who erased somebody can be erased himself: what he erased stays readable, and accounted for', async () => {
  const here = await server.organization('both-gone');
  const person = await here.addPerson([]);
  const second = await here.addPerson([{ role: 'owner' }]);
  const leave = async (api: Api, { id }: TestPerson) => bodyOf(api.delete(`/users/${id}`), 204);
  await leave(second.api, person);
  await bodyOf(erase(person.id, second.api), 200);
  await leave(here.api, second);
  await bodyOf(erase(second.id, here.api), 200);
  const { items } = await bodyOf(here.api.get<{ items: AuditEntry[] }>('/audit?action=user.erased'), 200);
  const [later, earlier] = items;
  assert.equal(earlier?.erased, true, 'the name of who did it is gone');
  assert.equal(earlier?.actor.name, '');
  assert.match(earlier?.erases ?? '', /^\d+(-\d+)?(,\d+(-\d+)?)*$/);
  assert.notEqual(later?.erases ?? null, null);
  assert.ok((await verify(here.api)).ok);
  const left = await server.admin(
    `select 1 from audit_entries where organization_id = $1 and audit_entries::text ~ '${person.username}|${second.username}'`,
    [here.id],
  );
  assert.equal(left.length, 0);
  await server.admin(`update audit_entries set erases = '1' where organization_id = $1 and seq = $2`, [
    here.id,
    earlier?.seq,
  ]);
  assert.deepEqual((await verify(here.api)).problem, { seq: earlier?.seq, what: 'changed' }, 'and is in the hash');
});

test('names and addresses of before go too, wherever an entry says them', async () => {
  const person = await server.addPerson([]);
  const { version } = await bodyOf(server.api.get<Person>(`/users/${person.id}`), 200);
  const change = { username: 'renamed-once', email: 'renamed-once@example.com' };
  await bodyOf(server.api.patch(`/users/${person.id}`, change, { version }), 200);
  await disable(person);
  await bodyOf(erase(person.id), 200);
  const left = await server.admin(
    `select 1 from audit_entries where details::text ~ 'renamed-once|${person.username}@' or actor_name = $1`,
    [person.username],
  );
  assert.equal(left.length, 0);
});

test('who may sign in is not erased, nor who never was, nor somebody of another organization', async () => {
  const person = await server.addPerson([{ role: 'viewer' }]);
  await problemOf(erase(person.id), 409);
  await bodyOf(person.api.get('/devices'), 200);
  await problemOf(erase('0193a5f0-7b1c-7d2e-8f3a-1b2c3d4e5f60'), 404);
  const away = await server.organization('away');
  const foreign = await away.addPerson([]);
  await bodyOf(away.api.delete(`/users/${foreign.id}`), 204);
  await problemOf(erase(foreign.id), 404);
  assert.deepEqual((await verify(away.api)).erased, 0);
  const device = await server.createDevice();
  await problemOf(erase(device.deviceId), 400);
});

test('nobody but an owner erases: no administrator, no script, and nobody whose sign-in is a while ago', async () => {
  const person = await server.addPerson([]);
  await disable(person);
  const administrator = await server.addPerson([{ role: 'administrator' }]);
  await problemOf(erase(person.id, administrator.api), 403);
  const key = { name: 'script', permissions: ['organization:own'] };
  const made = await server.api.post<{ secret: string }>('/api-keys', key);
  const secret = made.status === 201 ? made.body.secret : await plainKey();
  const response = await server.anybody.fetch(`/api/v1/users/${person.id}/erase`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}` },
  });
  assert.equal(response.status, 403, await response.text());
  await bodyOf(erase(person.id), 200);
});

const plainKey = async () => {
  const input = { name: 'script', permissions: ['user:write', 'user:read'] };
  return (await bodyOf(server.api.post<{ secret: string }>('/api-keys', input), 201)).secret;
};

test('the server’s own role may erase entries, and change nothing of them', async () => {
  const client = await server.adminConnection();
  await client.query('set role muster_app');
  await client.query(`select set_config('muster.organization', $1, false)`, [server.id]);
  const none = `address = null, user_agent = null, details = '{}', salt = null`;
  for (const change of [
    `actor_name = 'x', ${none}`,
    `actor_name = '', address = null, user_agent = null, details = '{"a":1}', salt = null`,
    `actor_name = '', address = '::1', user_agent = null, details = '{}', salt = null`,
    `actor_name = '', address = null, user_agent = 'x', details = '{}', salt = null`,
    `actor_name = '', address = null, user_agent = null, details = '{}'`,
    `actor_name = ''`,
    `commitment = ''`,
    `hash = ''`,
    `action = 'x'`,
    `actor_id = 'x'`,
    `at = now()`,
    `seq = 7`,
    `erases = '1'`,
  ]) {
    await assert.rejects(client.query(`update audit_entries set ${change} where seq = 1`), { code: '42501' }, change);
  }
  await assert.rejects(client.query('delete from audit_entries'), { code: '42501' });
  const away = await server.admin<{ id: string }>(`select id from organizations where slug = 'away'`);
  const { rowCount } = await client.query(
    `update audit_entries set actor_name = '', ${none} where organization_id = $1`,
    [away[0]?.id],
  );
  assert.equal(rowCount, 0, 'nor erase those of another organization');
});

test('beside erased entries tampering is found as before', async () => {
  const away = await server.organization('tampered');
  const person = await away.addPerson([]);
  await bodyOf(away.api.delete(`/users/${person.id}`), 204);
  await bodyOf(erase(person.id, away.api), 200);
  assert.equal((await verify(away.api)).ok, true);
  const change = (set: string) =>
    server.admin(
      `update audit_entries set ${set} where organization_id = $1 and seq =
         (select min(seq) from audit_entries where organization_id = $1 and salt is null)`,
      [away.id],
    );
  await change(`actor_name = 'somebody else'`);
  assert.equal((await verify(away.api)).problem?.what, 'personal_changed', 'what was erased says something again');
  await change(`actor_name = '', action = 'x'`);
  assert.equal((await verify(away.api)).problem?.what, 'changed');
});
