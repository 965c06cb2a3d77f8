import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'node:test';
import type { Solution } from '@muster/contract/solution';
import { createLog, type Muster, readConfig, startMuster } from '@muster/core';
import { startEmbeddedPostgres } from '@muster/core/platform/db/embedded/start';
import { type ConnectionSettings, connectAlone } from '@muster/core/platform/db/pool';
import { type Api, createApi } from './api.ts';
import { connectDevice, type DeviceClient, type DeviceCredential } from './mqtt.ts';
import { type Admin, insertOrganization, openOrganization, PASSWORD, type TestOrganization } from './organization.ts';
import { type OutsidePostgres, startOutsidePostgres } from './outside.ts';
import { workshop } from './solution.ts';

/** Where telemetry and everything else lives: the server's own PostgreSQL, or one that `MUSTER_DATABASE_URL` names. */
export type Home = 'embedded' | 'outside';

export interface TestServerOptions {
  home?: Home;
  solutions?: readonly Solution[];
  /** False: the installation waits for its setup. */
  owner?: boolean;
  /** Further environment variables. */
  environment?: Record<string, string>;
  version?: string;
}

type Connection = Awaited<ReturnType<typeof connectAlone>>;

/** A real Muster in this process, on free ports and a data directory of its own. Its own organization is the first one. */
export interface TestServer extends TestOrganization {
  readonly home: Home;
  readonly muster: Muster;
  readonly http: string;
  readonly mqtt: string;
  readonly dataDir: string;
  /** Calls without a credential. */
  anybody: Api;
  /** Log lines so far, each a JSON object. */
  log: readonly string[];
  /** A second organization: every look at it from the first must find nothing. */
  organization(slug: string): Promise<TestOrganization>;
  connect(device: DeviceCredential, options?: Parameters<typeof connectDevice>[2]): Promise<DeviceClient>;
  /** One statement as the owner of the tables. */
  admin: Admin;
  /** A connection of its own as the owner of the tables: for locks. Ended with the server. */
  adminConnection(): Promise<Connection>;
  /** Stops and starts on the same data and ports. `unclean`: the last checkpoint is lost, as in a crash. */
  restart(options?: { unclean?: boolean }): Promise<void>;
  /** The outside PostgreSQL. @throws in the embedded home */
  outside(): OutsidePostgres;
  stop(): Promise<void>;
}

const SLUG = 'nordhaven';
const USERNAME = 'owner';

/** Starts a server. What it logged is printed after each test that fails. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { home = 'embedded', solutions = [workshop], owner = true, environment = {}, version = '0.0.0-test' } = options;
  const dataDir = await mkdtemp(join(tmpdir(), 'muster-server-'));
  // PostgreSQL may run as another user than the test
  await chmod(dataDir, 0o755);
  const outside = home === 'outside' ? await startOutsidePostgres() : undefined;
  const databaseUrl = await outside?.freshDatabase();
  const lines: string[] = [];
  const log = createLog('info', { write: (line) => void lines.push(line) });
  const connections = new Set<Connection>();
  let ports = { http: '0', mqtt: '0' };
  const forget = async () => {
    await outside?.stop();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  let muster = await start().catch(async (error) => {
    await forget();
    throw error;
  });

  function start(): Promise<Muster> {
    const config = readConfig(
      {
        MUSTER_DATA_DIR: dataDir,
        MUSTER_HTTP_PORT: ports.http,
        MUSTER_MQTT_PORT: ports.mqtt,
        MUSTER_DATABASE_URL: databaseUrl,
        ...(owner
          ? { MUSTER_OWNER_USERNAME: USERNAME, MUSTER_OWNER_PASSWORD: PASSWORD, MUSTER_ORGANIZATION: SLUG }
          : {}),
        ...environment,
      },
      dataDir,
    );
    return startMuster({ config, solutions, log, version });
  }

  printLogOnFailure(lines);
  const base = () => muster.http;
  const admin = createAdmin(() => muster.db.settings, connections);
  const first = owner ? await openOrganization(base, { slug: SLUG, username: USERNAME }) : noOrganization;
  return {
    ...first,
    home,
    dataDir,
    admin,
    log: lines,
    anybody: createApi(base),
    get muster() {
      return muster;
    },
    get http() {
      return muster.http;
    },
    get mqtt() {
      return muster.mqtt;
    },
    async organization(slug) {
      const { id, username } = await insertOrganization(admin, slug);
      return openOrganization(base, { id, slug, username });
    },
    connect: (device, more) => connectDevice(muster.mqtt, device, more),
    async adminConnection() {
      const client = await connectAlone(muster.db.settings, 'owner');
      connections.add(client);
      return client;
    },
    async restart({ unclean = false } = {}) {
      const { settings } = muster.db;
      ports = { http: new URL(muster.http).port, mqtt: new URL(muster.mqtt).port };
      if (unclean) await admin('revoke update on telemetry_checkpoints from muster_ingest');
      await endAll(connections);
      await muster.stop();
      if (unclean) await grantAgain(home, dataDir, settings);
      muster = await start();
    },
    outside() {
      if (!outside) throw new Error('this server has its own PostgreSQL');
      return outside;
    },
    async stop() {
      await endAll(connections);
      await muster.stop();
      await forget();
    },
  };
}

const noOrganization: TestOrganization = {
  id: '',
  slug: '',
  owner: { username: '', password: '' },
  api: createApi(() => 'http://nobody.invalid'),
  signIn: () => Promise.reject(new Error('this installation has no owner yet')),
  addPerson: () => Promise.reject(new Error('this installation has no owner yet')),
  createDevice: () => Promise.reject(new Error('this installation has no owner yet')),
};

/** One connection for all statements, opened with the first, and anew after a restart. */
function createAdmin(settings: () => ConnectionSettings, connections: Set<Connection>): Admin {
  let client: Connection | undefined;
  return async <Row>(text: string, values: unknown[] = []) => {
    if (client === undefined || !connections.has(client)) {
      client = await connectAlone(settings(), 'owner');
      connections.add(client);
    }
    return (await client.query(text, values)).rows as Row[];
  };
}

async function endAll(connections: Set<Connection>): Promise<void> {
  const all = [...connections];
  connections.clear();
  await Promise.all(all.map((client) => client.end().catch(() => undefined)));
}

/** The server that lost its last checkpoint is down: its database is started alone to give the right back. */
async function grantAgain(home: Home, dataDir: string, settings: ConnectionSettings): Promise<void> {
  const silent = { info() {}, warn() {}, error() {} };
  const alone =
    home === 'embedded'
      ? await startEmbeddedPostgres({ directory: join(dataDir, 'postgresql'), log: silent })
      : undefined;
  const client = await connectAlone(alone ? { connection: alone.connection } : settings, 'owner');
  await client.query('grant update on telemetry_checkpoints to muster_ingest');
  await client.end();
  await alone?.stop();
}

const PRINTED_LINES = 40;

function printLogOnFailure(lines: readonly string[]): void {
  let printed = 0;
  afterEach((context) => {
    const failed = 'passed' in context && !context.passed;
    const from = Math.max(printed, lines.length - PRINTED_LINES);
    printed = lines.length;
    if (failed) process.stderr.write(`── the server's log\n${lines.slice(from).join('')}`);
  });
}
