import { join } from 'node:path';
import type { Config } from '../config.ts';
import { MusterError } from '../errors.ts';
import type { Log } from '../log.ts';
import { startEmbeddedPostgres } from './embedded/start.ts';
import { type ConnectionSettings, connectAlone } from './pool.ts';

export interface Database {
  settings: ConnectionSettings;
  /** Is the embedded server down just now? undefined: an outside one. */
  down(): boolean | undefined;
  stop(): Promise<void>;
}

const OLDEST_OUTSIDE = 160_000;

/** The embedded PostgreSQL, or the outside one that the settings name. */
export async function startDatabase(config: Config, log: Log): Promise<Database> {
  if (config.databaseUrl !== undefined) return checkOutside(config.databaseUrl);
  const embedded = await startEmbeddedPostgres({ directory: join(config.dataDir, 'postgresql'), log });
  let down = false;
  embedded.on('down', () => {
    down = true;
  });
  embedded.on('up', () => {
    down = false;
  });
  return { settings: { connection: embedded.connection }, down: () => down, stop: embedded.stop };
}

async function checkOutside(url: string): Promise<Database> {
  const settings: ConnectionSettings = { connection: url };
  const client = await connectAlone(settings, 'owner').catch((cause: Error) => {
    throw new MusterError('unavailable', `The database of MUSTER_DATABASE_URL can't be reached: ${cause.message}`, {
      cause,
    });
  });
  try {
    const { rows } = await client.query<{ number: number; version: string; mayMakeRoles: boolean }>(
      `select current_setting('server_version_num')::int as number, current_setting('server_version') as version,
         rolsuper or (rolcreaterole and rolbypassrls) as "mayMakeRoles" from pg_roles where rolname = current_user`,
    );
    const server = rows[0];
    if (!server || server.number < OLDEST_OUTSIDE) {
      throw new MusterError(
        'conflict',
        `MUSTER_DATABASE_URL leads to PostgreSQL ${server?.version}: Muster needs 16 or newer.`,
      );
    }
    if (!server.mayMakeRoles) {
      throw new MusterError(
        'forbidden',
        'The user of MUSTER_DATABASE_URL must be allowed to make roles: ALTER ROLE name CREATEROLE BYPASSRLS.',
      );
    }
  } finally {
    await client.end();
  }
  return { settings, down: () => undefined, stop: async () => undefined };
}
