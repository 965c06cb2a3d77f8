import pg from 'pg';
import type { Log } from '../log.ts';

/** The roles of migrations/0001: what a connection may do follows from the one it works as. */
export type Role = 'muster_app' | 'muster_ingest' | 'owner';

export interface ConnectionSettings {
  /** `postgres://…`, or the parts of the embedded server. */
  connection: string | { host: string; port: number; user: string; password: string; database: string };
}

// timestamptz as text in the session's zone (UTC) would lose nothing, but Date is what verbs work with; int8 holds counters below 2^53
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/** A statement of people's requests and of ingest may take this long; one that tidies up (`patient`) may take longer. */
const STATEMENT_MS = 25_000;
const PATIENT_MS = 15 * 60_000;

/** Settings of one connection: timeouts everywhere (REL-6), times in UTC, working as `role`. */
function connectionConfig(settings: ConnectionSettings, role: Role, patient = role === 'owner'): pg.ClientConfig {
  const statementMs = patient ? PATIENT_MS : STATEMENT_MS;
  const base =
    typeof settings.connection === 'string' ? { connectionString: settings.connection } : { ...settings.connection };
  // an outside database may be set to answer before it has written; an acknowledgement promises more (REL-1)
  const options = ['-c timezone=UTC', '-c intervalstyle=iso_8601', '-c synchronous_commit=on'];
  if (role !== 'owner') options.push(`-c role=${role}`);
  return {
    ...base,
    options: options.join(' '),
    connectionTimeoutMillis: 3000,
    statement_timeout: statementMs,
    // a little later, for a server that does not answer at all
    query_timeout: statementMs + 5000,
    lock_timeout: 10_000,
    idle_in_transaction_session_timeout: 30_000,
    keepAlive: true,
    application_name: `muster ${role}`,
  };
}

/** A pool whose lost connections are logged, never thrown: node-postgres ends the process otherwise. */
export function createPool(settings: ConnectionSettings, role: Role, max: number, log: Log): pg.Pool {
  const pool = new pg.Pool({ ...connectionConfig(settings, role), max, idleTimeoutMillis: 60_000 });
  pool.on('error', (error) => log.warn({ err: error, role }, 'a database connection was lost'));
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** One connection outside of any pool; its loss is reported to `onLost`. */
export async function connectAlone(
  settings: ConnectionSettings,
  role: Role,
  { onLost, patient }: { onLost?: (error: Error) => void; patient?: boolean } = {},
): Promise<pg.Client> {
  const client = new pg.Client(connectionConfig(settings, role, patient));
  client.on('error', (error) => onLost?.(error));
  await client.connect();
  return client;
}
