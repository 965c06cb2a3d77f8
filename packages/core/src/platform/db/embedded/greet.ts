import pg from 'pg';
import { conflict, MusterError } from '../../errors.ts';
import type { Cluster } from './cluster.ts';
import { explain } from './faults.ts';
import { DATABASE } from './initialize.ts';

interface Answer {
  version: string;
  checksums: string;
  exists: boolean;
}

const QUESTION = `select split_part(current_setting('server_version'), ' ', 1) version, current_setting('data_checksums') checksums,
  exists (select from pg_database where datname = '${DATABASE}')`;

/**
 * Signs in, looks at what answers, and makes Muster's database when it is missing: at a first start, or after an interrupted one.
 * @throws MusterError `conflict` when it is not the server that the directory promises; `unavailable` when nothing answers.
 */
export async function greet(cluster: Cluster): Promise<void> {
  const client = new pg.Client({
    ...cluster.connection,
    database: 'postgres',
    ssl: false,
    connectionTimeoutMillis: 3_000,
    query_timeout: 30_000,
    application_name: 'muster supervisor',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const answer = (await client.query<Answer>(QUESTION)).rows[0] as Answer;
    refuseOther(cluster, answer);
    if (!answer.exists) await client.query(`create database ${DATABASE}`);
  } catch (error) {
    throw refusal(cluster, error as Error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function refuseOther(cluster: Cluster, { version, checksums }: Answer): void {
  if (version !== cluster.version) {
    throw conflict(`PostgreSQL ${version} answers where ${cluster.version} was started.`);
  }
  if (checksums !== 'on') {
    throw conflict(
      `The database in ${cluster.layout.data} has no data checksums, so damage would go unnoticed. Turn them on with pg_checksums --enable.`,
    );
  }
}

function refusal(cluster: Cluster, error: Error & { code?: string }): MusterError {
  if (error instanceof MusterError) return error;
  if (error.code === '28P01') {
    return conflict(
      `The password in ${cluster.layout.password} does not open the database. Restore the file from a backup.`,
    );
  }
  return explain(error, 'PostgreSQL runs but does not answer', cluster.layout.root);
}
