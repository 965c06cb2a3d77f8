import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, realpath, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { conflict } from '../../errors.ts';
import { explain, OUTSIDE } from './faults.ts';

/** Where things are below `<MUSTER_DATA_DIR>/postgresql`; absolute paths without links. */
export interface Layout {
  root: string;
  /** What PostgreSQL calls the data directory. */
  data: string;
  password: string;
  socket: string;
  /** A named pipe: PostgreSQL writes its messages into it, the server of the day reads them. */
  messages: string;
  /** Which process stops PostgreSQL when the server is gone. */
  watchdog: string;
}

/** Names that may stand in a directory without data: what a killed first start leaves. */
const OURS = /^(?:password(?:\.new)?|socket|messages|watchdog|lost\+found|lock\..*|initializing\..*)$/;

/**
 * Makes the directory when it is missing.
 * @throws MusterError `unavailable` when it cannot be made.
 */
export async function openLayout(directory: string): Promise<Layout> {
  try {
    // the user that PostgreSQL runs as passes through the parents
    await mkdir(dirname(directory), { recursive: true });
    await mkdir(directory, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    const root = await realpath(directory);
    const at = (name: string) => join(root, name);
    return {
      root,
      data: at('data'),
      password: at('password'),
      socket: at('socket'),
      messages: at('messages'),
      watchdog: at('watchdog'),
    };
  } catch (cause) {
    throw explain(cause, 'The database cannot be kept', directory);
  }
}

/**
 * Looks at what is there, and removes what an interrupted first start left.
 * @returns the major version of PostgreSQL that made the data; undefined: there is none yet.
 * @throws MusterError `conflict` for files that are not Muster's; it leaves them as they are.
 */
export async function inspect(layout: Layout): Promise<string | undefined> {
  const empty = !existsSync(layout.data) || readdirSync(layout.data).length === 0;
  const foreign = empty ? readdirSync(layout.root).filter((name) => name !== 'data' && !OURS.test(name)) : [];
  if (foreign.length > 0) throw notOurs(layout.root, foreign);
  const file = join(layout.data, 'PG_VERSION');
  if (!empty && !existsSync(file)) throw notOurs(layout.data, readdirSync(layout.data));
  await removeLeftovers(layout);
  return empty ? undefined : readFileSync(file, 'utf8').trim();
}

/**
 * @param found major version that made the data.
 * @param version of the programs, such as `18.4`.
 * @throws MusterError `conflict` when they do not fit, with advice.
 */
export function refuseOtherVersion(layout: Layout, found: string, version: string): void {
  if (found === version.split('.')[0]) return;
  throw conflict(
    `The database in ${layout.data} was made by PostgreSQL ${found}; this Muster brings PostgreSQL ${version}. ` +
      `Dump it with the programs of version ${found} (pg_dumpall), move the directory away, start Muster and load the dump, ${OUTSIDE}.`,
  );
}

async function removeLeftovers(layout: Layout): Promise<void> {
  for (const name of readdirSync(layout.root)) {
    if (name.startsWith('initializing.')) {
      await rm(join(layout.root, name), { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    }
  }
}

function notOurs(directory: string, names: string[]) {
  const list = names.slice(0, 3).join(', ');
  return conflict(
    `${directory} holds files that are not a database of Muster (${list}${names.length > 3 ? ', …' : ''}). ` +
      'Nothing was changed. Set MUSTER_DATA_DIR to an empty directory, or move these files away.',
  );
}
