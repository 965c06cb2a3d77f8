import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@muster/core/platform/db/embedded/start';
import { connectAlone } from '@muster/core/platform/db/pool';

/** A PostgreSQL that is none of Muster's: what `MUSTER_DATABASE_URL` leads to. */
export interface OutsidePostgres {
  /** Makes an empty database and answers its `postgres://` address. */
  freshDatabase(): Promise<string>;
  /** Ends it and leaves its data: the store is away. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

const silent = { info() {}, warn() {}, error() {} };

/** Starts a cluster in a directory of its own; databases in it cost a few ms each. */
export async function startOutsidePostgres(): Promise<OutsidePostgres> {
  const directory = await mkdtemp(join(tmpdir(), 'muster-outside-'));
  // PostgreSQL may run as another user than the test
  await chmod(directory, 0o755);
  const start = () => startEmbeddedPostgres({ directory: join(directory, 'postgresql'), log: silent });
  let cluster = await start();
  let databases = 0;

  async function freshDatabase(): Promise<string> {
    const name = `test_${++databases}`;
    const client = await connectAlone({ connection: cluster.connection }, 'owner');
    try {
      await client.query(`create database ${name}`);
    } finally {
      await client.end();
    }
    const { host, port, user, password } = cluster.connection;
    const query = new URLSearchParams({ host, port: String(port) });
    return `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password)}@/${name}?${query}`;
  }

  return {
    freshDatabase,
    pause: () => cluster.stop(),
    async resume() {
      cluster = await start();
    },
    async stop() {
      await cluster.stop();
      await rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}
