import assert from 'node:assert/strict';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { AuditEntry, AuditVerification } from '@muster/contract/audit';
import { bodyOf } from '@muster/testkit/api';
import type { TestOrganization } from '@muster/testkit/organization';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { checkpointFile } from './checkpoints.ts';
import { verifyExport } from './verify-file.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.stop());

let organizations = 0;

/** An organization with ten entries, of which the first six are signed. */
async function signedTrail(): Promise<TestOrganization> {
  const organization = await server.organization(`org-${++organizations}`);
  const make = (name: string) => bodyOf(organization.api.post('/places', { name, kind: 'site' }), 201);
  for (let number = 1; number <= 5; number++) await make(`Site ${number}`);
  await server.muster.checkpoints.take();
  for (let number = 6; number <= 9; number++) await make(`Site ${number}`);
  return organization;
}

const verify = ({ api }: TestOrganization) => bodyOf(api.get<AuditVerification>('/audit/verify'), 200);
const change = (organization: TestOrganization, statement: string) =>
  server.admin(statement.replace('$own', `organization_id = '${organization.id}'`));

const tamperings: [name: string, statement: string, problem: AuditVerification['problem']][] = [
  ['an action is changed', `update audit_entries set action = 'x' where $own and seq = 4`, { seq: 4, what: 'changed' }],
  [
    'a detail is changed',
    `update audit_entries set details = '{"a":1}' where $own and seq = 3`,
    { seq: 3, what: 'personal_changed' },
  ],
  [
    'a name is changed, and its salt taken away',
    `update audit_entries set actor_name = 'x', salt = null where $own and seq = 2`,
    { seq: 2, what: 'personal_changed' },
  ],
  [
    'a time is changed',
    `update audit_entries set at = at + interval '1 s' where $own and seq = 9`,
    { seq: 9, what: 'changed' },
  ],
  ['an entry is removed', `delete from audit_entries where $own and seq = 5`, { seq: 5, what: 'missing' }],
  ['the first entry is removed', `delete from audit_entries where $own and seq = 1`, { seq: 1, what: 'missing' }],
  ['the tail is cut off', `delete from audit_entries where $own and seq > 8`, { seq: 9, what: 'missing' }],
  ['everything is removed', `delete from audit_entries where $own`, { seq: 1, what: 'missing' }],
  [
    'two entries change places',
    `with moved as (update audit_entries set seq = seq + 1000 where $own and seq in (3, 7) returning 1) select * from moved;
     update audit_entries set seq = 7 where $own and seq = 1003; update audit_entries set seq = 3 where $own and seq = 1007`,
    { seq: 3, what: 'changed' },
  ],
  [
    'an entry is added behind the end',
    `insert into audit_entries select gen_random_uuid(), organization_id, at, actor_kind, actor_id, actor_name, action, object, details,
       address, request_id, 11, result, user_agent, salt, commitment, hash from audit_entries where $own and seq = 10`,
    { seq: 11, what: 'changed' },
  ],
  [
    'the tail is cut off, and the head set back with it',
    `delete from audit_entries where $own and seq > 4;
     update audit_heads h set seq = 4, hash = (select hash from audit_entries e where e.organization_id = h.organization_id and e.seq = 4) where $own`,
    { seq: 5, what: 'missing' },
  ],
  [
    'all of it is set back to before the signature, as by an older backup',
    `delete from audit_entries where $own and seq > 4; delete from audit_checkpoints where $own;
     update audit_heads h set seq = 4, checkpoints = 0,
       hash = (select hash from audit_entries e where e.organization_id = h.organization_id and e.seq = 4) where $own`,
    { seq: 5, what: 'missing' },
  ],
  ['the head is removed', `delete from audit_heads where $own`, { seq: 1, what: 'behind_end' }],
  ['a checkpoint is dropped', `delete from audit_checkpoints where $own`, { seq: 6, what: 'checkpoint_missing' }],
  [
    'a checkpoint is dropped, and no longer counted',
    `delete from audit_checkpoints where $own; update audit_heads set checkpoints = 0 where $own`,
    { seq: 6, what: 'checkpoint_missing' },
  ],
  [
    'a checkpoint is changed',
    `update audit_checkpoints set at = at + interval '1 h' where $own`,
    { seq: 6, what: 'checkpoint_unsigned' },
  ],
  [
    'a checkpoint names another key',
    `update audit_checkpoints set key_id = 'x' where $own`,
    { seq: 6, what: 'checkpoint_unknown_key' },
  ],
];

for (const [name, statement, problem] of tamperings) {
  test(`verification finds it when ${name}`, async () => {
    const organization = await signedTrail();
    assert.deepEqual((await verify(organization)).problem, null);
    // what verification itself wrote is taken back, so that ten entries are left
    await server.admin('delete from audit_entries where organization_id = $1 and seq = 11', [organization.id]);
    await server.admin(
      `update audit_heads h set seq = 10, hash = (select hash from audit_entries e where e.organization_id = h.organization_id and e.seq = 10)
       where organization_id = $1`,
      [organization.id],
    );
    for (const one of statement.split(';')) await change(organization, one);
    const report = await verify(organization);
    assert.deepEqual([report.ok, report.problem], [false, problem]);
  });
}

test('a checkpoint in the data directory that the database does not know, is noticed; a broken line is not', async () => {
  const organization = await signedTrail();
  const file = checkpointFile(server.dataDir);
  await appendFile(file, '{"organizationId":"');
  await appendFile(
    file,
    `\n{"organizationId":"${organization.id}","number":77,"seq":3,"hash":"x","keyId":"x","signature":"x"}\n`,
  );
  assert.equal((await verify(organization)).ok, true, 'nobody signed that line');
  await server.admin('update audit_heads set checkpoints = 0 where organization_id = $1', [organization.id]);
  await server.admin('delete from audit_checkpoints where organization_id = $1', [organization.id]);
  assert.deepEqual((await verify(organization)).problem, { seq: 6, what: 'checkpoint_missing' });
});

test('a personal part that was erased by hand is named: only an erasure leaves a word of itself', async () => {
  const organization = await signedTrail();
  await server.admin(
    `update audit_entries set salt = null, actor_name = '', address = null, user_agent = null, details = '{}'
     where organization_id = $1 and seq = 3`,
    [organization.id],
  );
  const unrecorded = { seq: 3, what: 'erased_unrecorded' };
  const { ok, problem, erased } = await verify(organization);
  assert.deepEqual([ok, problem, erased], [false, unrecorded, 1]);
  const { items } = await bodyOf(organization.api.get<{ items: AuditEntry[] }>('/audit'), 200);
  assert.deepEqual(
    items.filter(({ erased }) => erased).map(({ seq, actor }) => [seq, actor.name]),
    [[3, '']],
  );
  const file = join(server.dataDir, 'erased.ndjson');
  await writeFile(file, (await organization.api.get('/audit/export?format=ndjson')).text);
  const report = await verifyExport(file);
  assert.deepEqual([report.ok, report.problem, report.erased], [false, unrecorded, 1]);
  assert.ok(!(await readFile(file, 'utf8')).includes('Site 2'));
});

test('the role that the server works as can add entries and nothing else', async () => {
  const client = await server.adminConnection();
  await client.query('set role muster_app');
  for (const statement of [
    `update audit_entries set action = 'x'`,
    'delete from audit_entries',
    'truncate audit_entries',
    `update audit_checkpoints set hash = 'x'`,
    'delete from audit_checkpoints',
    'truncate audit_checkpoints',
    'delete from audit_heads',
    'truncate audit_heads',
  ])
    await assert.rejects(client.query(statement), { code: '42501' }, statement);
});
