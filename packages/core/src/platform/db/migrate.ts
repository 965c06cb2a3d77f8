import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { MusterError } from '../errors.ts';

const directory = join(import.meta.dirname, '../../../migrations');

/** Serialises several servers that start at once on one database. */
const LOCK = 0x6d757374; // 'must'

/**
 * Brings the database to the newest schema: numbered files, forward only, each in its own transaction with its ledger row.
 * @param client signed in as the owner of the tables.
 * @throws MusterError `conflict` when the database is newer than this program, or a migration was changed after it ran.
 */
export async function migrate(client: pg.Client): Promise<string[]> {
  const files = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort();
  const done: string[] = [];
  await client.query('select pg_advisory_lock($1)', [LOCK]);
  try {
    await client.query(
      'create table if not exists schema_migrations (name text primary key, digest text not null, applied_at timestamptz not null default now())',
    );
    const { rows } = await client.query<{ name: string; digest: string }>('select name, digest from schema_migrations');
    const applied = new Map(rows.map((row) => [row.name, row.digest]));
    refuseUnknown([...applied.keys()], files);
    for (const name of files) {
      const sql = await readFile(join(directory, name), 'utf8');
      const digest = createHash('sha256').update(sql).digest('hex');
      const before = applied.get(name);
      if (before === digest) continue;
      if (before !== undefined) {
        throw new MusterError('conflict', `Migration ${name} was changed after it had been applied to this database.`);
      }
      await apply(client, name, sql, digest);
      done.push(name);
    }
  } finally {
    await client.query('select pg_advisory_unlock($1)', [LOCK]);
  }
  return done;
}

function refuseUnknown(applied: string[], files: string[]): void {
  const unknown = applied.filter((name) => !files.includes(name));
  if (unknown.length === 0) return;
  throw new MusterError(
    'conflict',
    `The database was made by a newer Muster (it knows ${unknown.join(', ')}). Start that version, or restore a backup.`,
  );
}

async function apply(client: pg.Client, name: string, sql: string, digest: string): Promise<void> {
  await client.query('begin');
  try {
    await client.query('insert into schema_migrations (name, digest) values ($1, $2)', [name, digest]);
    await client.query(sql);
    await client.query('commit');
  } catch (cause) {
    await client.query('rollback');
    throw new MusterError('unavailable', `Migration ${name} failed: ${(cause as Error).message}`, { cause });
  }
}
