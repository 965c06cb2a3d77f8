import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bodyOf, problemOf } from '@muster/testkit/api';
import type { TestDevice, TestOrganization } from '@muster/testkit/organization';
import { startTestServer, type TestServer } from '@muster/testkit/server';

let server: TestServer;
let away: TestOrganization;
const devices: TestDevice[] = [];

before(async () => {
  server = await startTestServer({
    // nobody listens there: mails wait in their table
    environment: { MUSTER_SMTP_URL: 'smtp://127.0.0.1:9', MUSTER_MAIL_FROM: 'muster@example.com' },
  });
  away = await server.organization('away');
  for (const organization of [server, away]) {
    const device = await organization.createDevice({ deviceId: 'same' });
    devices.push(device);
    const now = Date.now();
    const messages = [0, 1, 2].map((hours) => ({
      boot: 'b',
      seq: hours,
      ts: now - hours * 3_600_000,
      values: { a: 1, t: 'x' },
    }));
    await bodyOf(device.api.post('/device/telemetry', messages));
    await bodyOf(device.api.post('/device/events', { type: 'door' }));
    await problemOf(device.api.post('/device/telemetry', {}), 422);
    await bodyOf(organization.api.post('/enrollment-tokens', { name: 'Installation' }), 201);
    await bodyOf(organization.api.post('/invitations', { email: 'invited@example.com' }), 201);
    const person = await organization.addPerson([]);
    await bodyOf(person.api.post('/auth/verify-email/send'), 202);
    await bodyOf(
      organization.api.post('/places', { name: 'Site', kind: 'site' }, { headers: { 'idempotency-key': 'k' } }),
    );
  }
  await server.muster.keeper.checkpoint();
  await server.muster.keeper.rollHours();
  // refused messages are listed with the stop
  await server.restart();
});
after(() => server.stop());

interface Table {
  name: string;
  partition: boolean;
  enabled: boolean;
  forced: boolean;
  owner: string;
}

const tables = () =>
  server.admin<Table>(
    `select c.relname as name, c.relispartition as partition, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
       pg_get_userbyid(c.relowner) as owner
     from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`,
  );

/** Which column says whose a row is. */
async function ownerColumn(table: string): Promise<string | undefined> {
  const rows = await server.admin<{ column: string }>(
    `select column_name as column from information_schema.columns
     where table_name = $1 and column_name in ('organization_id', 'organization')`,
    [table],
  );
  return table === 'organizations' ? 'id' : rows[0]?.column;
}

test('row-level security is on and forced for every table and every partition', async () => {
  const all = await tables();
  assert.deepEqual(
    all.filter(({ enabled, forced }) => !enabled || !forced).map(({ name }) => name),
    [],
  );
  const partitions = all.filter(({ partition }) => partition);
  assert.ok(partitions.length >= 2 * 6, `${partitions.length} partitions of two organizations`);
  assert.ok(all.length - partitions.length >= 21, `${all.length - partitions.length} tables`);
});

test('the roles that the server works as own nothing, may nothing to everybody, and only ingest passes by the rows’ security', async () => {
  const owners = new Set((await tables()).map(({ owner }) => owner));
  assert.equal(owners.size, 1);
  const roles = await server.admin<{ name: string; super: boolean; bypass: boolean; login: boolean; create: boolean }>(
    `select rolname as name, rolsuper as super, rolbypassrls as bypass, rolcanlogin as login, rolcreaterole or rolcreatedb as create
     from pg_roles where rolname like 'muster%' and rolname <> current_user order by 1`,
  );
  const none = { super: false, login: false, create: false };
  assert.deepEqual(roles, [
    { name: 'muster_app', bypass: false, ...none },
    { name: 'muster_auth', bypass: false, ...none },
    { name: 'muster_ingest', bypass: true, ...none },
  ]);
  for (const { name } of roles) assert.ok(!owners.has(name));
  const escapes = await server.admin(
    `select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef
     union all select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('v', 'm')`,
  );
  assert.deepEqual(escapes, [], 'no function and no view that runs with its owner’s rights');
});

test('ingest may read nothing of people, and change nothing but what it derives', async () => {
  const may = await server.admin<{ table: string; rights: string }>(
    `select table_name as table, string_agg(lower(privilege_type), ',' order by privilege_type) as rights
     from information_schema.role_table_grants where grantee = 'muster_ingest' group by 1 order by 1`,
  );
  const rights = Object.fromEntries(may.map(({ table, rights }) => [table, rights]));
  for (const table of [
    'users',
    'sessions',
    'device_tokens',
    'audit_entries',
    'installation',
    'idempotency_keys',
    'places',
  ]) {
    assert.equal(rights[table], undefined, table);
  }
  assert.equal(rights.telemetry, 'insert,select');
  assert.equal(rights.events, 'insert,select');
  assert.equal(rights.devices, 'select');
});

test('without an organization set there is not one row, in no table', async () => {
  const client = await server.adminConnection();
  await client.query('set role muster_app');
  let looked = 0;
  for (const { name, partition } of await tables()) {
    if (partition) continue;
    const readable = await client.query(`select has_table_privilege('muster_app', $1, 'select') as may`, [name]);
    if (!readable.rows[0].may) continue;
    const { rows } = await client.query(`select count(*)::int as rows from ${name}`);
    assert.equal(rows[0].rows, 0, name);
    looked++;
  }
  assert.ok(looked >= 15, `${looked} tables`);
  await client.query(
    `select set_config('muster.organization', '', false), set_config('muster.organization_number', '', false)`,
  );
  const { rows } = await client.query('select count(*)::int as rows from telemetry');
  assert.equal(rows[0].rows, 0, 'an empty setting is none');
});

test('with an organization set there are its own rows, all of them, and none of another one', async () => {
  const organizations = await server.admin<{ id: string; number: number }>('select id, number from organizations');
  assert.equal(organizations.length, 2);
  const client = await server.adminConnection();
  let looked = 0;
  for (const { id, number } of organizations) {
    // one look: the server writes meanwhile, checkpoints and first uses of tokens
    await client.query('begin isolation level repeatable read');
    await client.query('reset role');
    const own = new Map<string, number>();
    for (const { name, partition } of await tables()) {
      const column = partition ? undefined : await ownerColumn(name);
      if (!column) continue;
      const { rows } = await client.query(`select count(*)::int as rows from ${name} where ${column}::text = $1`, [
        column === 'organization' ? String(number) : id,
      ]);
      own.set(name, rows[0].rows);
    }
    await client.query('set role muster_app');
    await client.query(
      `select set_config('muster.organization', $1, false), set_config('muster.organization_number', $2, false),
         set_config('muster.scope', 'everywhere', false)`,
      [id, String(number)],
    );
    for (const [name, count] of own) {
      const { rows } = await client.query(`select count(*)::int as rows from ${name}`);
      assert.equal(rows[0].rows, count, name);
      if (count > 0) looked++;
    }
    await client.query('commit');
  }
  assert.ok(looked >= 2 * 15, `${looked} tables that hold rows`);
});

test('without a word about where a permission holds there is no device, no place and nothing of them', async () => {
  const [own] = await server.admin<{ id: string }>('select id from organizations order by number');
  const client = await server.adminConnection();
  await client.query('set role muster_app');
  await client.query(`select set_config('muster.organization', $1, false)`, [own?.id]);
  const hidden = [
    'devices',
    'places',
    'device_tokens',
    'device_states',
    'rejected_messages',
    'events',
    'organization_ledgers',
    'enrollment_tokens',
  ];
  for (const table of hidden) {
    const { rows } = await client.query(`select count(*)::int as rows from ${table}`);
    assert.equal(rows[0].rows, 0, table);
  }
});

test('rows can not be written into another organization, nor moved there', async () => {
  const [own, other] = await server.admin<{ id: string; number: number }>(
    'select id, number from organizations order by number',
  );
  const client = await server.adminConnection();
  await client.query('set role muster_app');
  await client.query(
    `select set_config('muster.organization', $1, false), set_config('muster.organization_number', $2, false),
       set_config('muster.scope', 'everywhere', false)`,
    [own?.id, String(own?.number)],
  );
  const device = `insert into devices (organization_id, device_id, name, type) values ($1, 'smuggled', 'x', 'generic')`;
  await assert.rejects(client.query(device, [other?.id]), { code: '42501' });
  await assert.rejects(client.query('update devices set organization_id = $1', [other?.id]), { code: '42501' });
  const { rowCount } = await client.query(`update devices set name = 'x' where organization_id = $1`, [other?.id]);
  assert.equal(rowCount, 0);
  await assert.rejects(client.query('delete from audit_entries'), { code: '42501' }, 'nor is the trail changed');
  await assert.rejects(client.query(`update audit_entries set action = 'x'`), { code: '42501' });
  await assert.rejects(client.query('select * from installation'), { code: '42501' });
  await assert.rejects(client.query('create table mine (id int)'), { code: '42501' });
  await assert.rejects(client.query('alter table devices no force row level security'), { code: '42501' });
});

test('what one request sets is gone with its transaction: the next one on the same connection sees nothing of it', async () => {
  const { pool } = server.muster.db;
  await Promise.all([server.api.get('/devices'), away.api.get('/devices')]);
  const clients = await Promise.all(Array.from({ length: pool.totalCount || 1 }, () => pool.connect()));
  for (const client of clients) {
    const { rows } = await client.query(
      `select current_user as role, current_setting('muster.organization', true) as organization,
         current_setting('muster.scope', true) as scope, (select count(*)::int from devices) as devices`,
    );
    assert.equal(rows[0].role, 'muster_app');
    assert.equal(rows[0].organization || '', '');
    assert.equal(rows[0].scope || '', '');
    assert.equal(rows[0].devices, 0);
    client.release();
  }
});
