import { chooseAccount } from './account.ts';
import { findBinaries } from './binaries.ts';
import type { Cluster, Connection } from './cluster.ts';
import { type EmbeddedLog, explain } from './faults.ts';
import { findFooting } from './footing.ts';
import { DATABASE, initialize, OWNER } from './initialize.ts';
import { inspect, type Layout, openLayout, refuseOtherVersion } from './layout.ts';
import { lock } from './lock.ts';
import { makePipe } from './messages.ts';
import { keepPassword } from './password.ts';
import { argumentsOf, PORT } from './settings.ts';
import { closeSocketDirectory, openSocketDirectory } from './socket.ts';
import { supervise } from './supervise.ts';

export type { EmbeddedLog } from './faults.ts';

/** A PostgreSQL of our own, as a child process that is kept running. */
export interface EmbeddedPostgres {
  /** node-postgres settings of the administrative role. */
  connection: Connection;
  /** Such as `18.4`. */
  version: string;
  /** Its first process now; undefined while it is down. */
  pid(): number | undefined;
  /** It was left running by an earlier server, and taken over. */
  adopted: boolean;
  /** `down`: it ended by itself; `up`: it accepts connections again. */
  on(event: 'down' | 'up', listener: () => void): void;
  /** Ends it in order (fast shutdown; after 30 s immediate) and leaves no process. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** `<MUSTER_DATA_DIR>/postgresql`; made when missing. */
  directory: string;
  log: EmbeddedLog;
  /** PostgreSQL settings that replace the suited ones. */
  settings?: Record<string, string>;
}

/**
 * Starts PostgreSQL on a Unix socket, making the database at the first start.
 * @throws MusterError `unavailable` when the system does not let it run, `conflict` when the directory is not fit or in use;
 *   the sentence says what to do.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const binaries = await findBinaries();
  const layout = await openLayout(options.directory);
  const undo: (() => void | Promise<void>)[] = [];
  const giveBack = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    undo.push(await lock(layout.root));
    const cluster = await prepare(options, layout, binaries, undo);
    const supervision = await supervise(cluster);
    return {
      ...supervision,
      connection: cluster.connection,
      version: cluster.version,
      async stop() {
        await supervision.stop();
        await giveBack();
      },
    };
  } catch (error) {
    await giveBack().catch((err) => options.log.warn({ err }, 'the database directory could not be tidied up'));
    throw explain(error, 'The database does not start', layout.root);
  }
}

async function prepare(
  { log, settings }: EmbeddedOptions,
  layout: Layout,
  binaries: { initdb: string; postgres: string },
  undo: (() => void | Promise<void>)[],
): Promise<Cluster> {
  const found = await inspect(layout);
  const account = await chooseAccount(layout.root, log);
  const host = await openSocketDirectory(layout, account);
  undo.push(() => closeSocketDirectory(layout, host));
  const { footing, version, lz4 } = await findFooting(account, binaries.postgres, [layout.root, host], log);
  if (found !== undefined) refuseOtherVersion(layout, found, version);
  const password = await keepPassword(layout, account, found !== undefined);
  await makePipe(layout.messages, footing);
  if (found === undefined) await initialize(layout, footing, binaries.initdb);
  return {
    layout,
    footing,
    postgres: binaries.postgres,
    args: argumentsOf(layout.data, host, lz4, settings),
    version,
    connection: { host, port: PORT, user: OWNER, password, database: DATABASE },
    log,
  };
}
