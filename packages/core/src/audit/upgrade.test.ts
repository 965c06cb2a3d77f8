import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startOutsidePostgres } from '@muster/testkit/outside';
import { migrate } from '../platform/db/migrate.ts';
import { connectAlone } from '../platform/db/pool.ts';

const migrations = join(import.meta.dirname, '../../migrations');

test('entries of before the chain stay, count up to 0 in their order, and say what was refused', async (t) => {
  const postgres = await startOutsidePostgres();
  t.after(() => postgres.stop());
  const client = await connectAlone({ connection: await postgres.freshDatabase() }, 'owner');
  t.after(() => client.end());
  await client.query(
    'create table schema_migrations (name text primary key, digest text not null, applied_at timestamptz not null default now())',
  );
  for (const name of ['0001_spine.sql', '0002_identity.sql']) {
    const sql = await readFile(join(migrations, name), 'utf8');
    await client.query(sql);
    const digest = createHash('sha256').update(sql).digest('hex');
    await client.query('insert into schema_migrations (name, digest) values ($1, $2)', [name, digest]);
  }
  const [one, other] = ['00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002'];
  const add = (organization: string | undefined, minute: number, action: string) =>
    client.query(
      `insert into audit_entries (id, organization_id, at, actor_kind, actor_id, actor_name, action, object, details, request_id)
       values (gen_random_uuid(), $1, timestamptz '2026-01-01' + $2 * interval '1 min', 'user', 'u', 'n', $3, 'o', '{}', 'r')`,
      [organization, minute, action],
    );
  await add(one, 3, 'auth.refused');
  await add(one, 1, 'place.created');
  await add(other, 2, 'device.created');
  assert.deepEqual(await migrate(client), ['0003_audit.sql', '0004_mail.sql']);
  const { rows } = await client.query(
    'select seq, action, result, hash from audit_entries order by organization_id, seq',
  );
  assert.deepEqual(
    rows.map(({ seq, action, result, hash }) => [Number(seq), action, result, hash]),
    [
      [-1, 'place.created', 'done', null],
      [0, 'auth.refused', 'refused', null],
      [0, 'device.created', 'done', null],
    ],
  );
});
