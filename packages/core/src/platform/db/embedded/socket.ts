import { createHash } from 'node:crypto';
import { lchown, lstat, mkdir, rmdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conflict } from '../../errors.ts';
import type { Account } from './account.ts';
import type { Layout } from './layout.ts';
import { PORT } from './settings.ts';

/** Bytes of a socket's path: 104 on macOS with the closing zero (sys/un.h), 108 on Linux. */
const LONGEST = 103;

export const socketFile = (directory: string) => join(directory, `.s.PGSQL.${PORT}`);

/**
 * The directory of the socket, open to PostgreSQL's user only: below the data, or where that path is too long below the
 * system's temporary directory, named after the data.
 * @throws MusterError `conflict` when somebody else made a directory of that name.
 */
export async function openSocketDirectory(layout: Layout, account: Account | undefined): Promise<string> {
  const short = `muster-${createHash('sha256').update(layout.root).digest('hex').slice(0, 16)}`;
  const places = [layout.socket, join(tmpdir(), short), join('/tmp', short)];
  const directory = places.find((place) => Buffer.byteLength(socketFile(place)) <= LONGEST) as string;
  await mkdir(directory, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const uid = process.getuid?.();
  const found = await lstat(directory);
  if (!found.isDirectory() || (found.uid !== uid && found.uid !== account?.uid) || (found.mode & 0o077) !== 0) {
    throw conflict(
      `${directory}, where the database's socket belongs, is not a directory that only this user can open. Remove it, or set MUSTER_DATA_DIR to a shorter path.`,
    );
  }
  if (account) await lchown(directory, account.uid, account.gid);
  return directory;
}

/** Leaves nothing in the temporary directory. */
export async function closeSocketDirectory(layout: Layout, directory: string): Promise<void> {
  // a crash of PostgreSQL may have left its socket, which the next start removes
  if (directory !== layout.socket) await rmdir(directory).catch(() => undefined);
}

/** Does somebody accept connections on the socket? It shows servers that another container hides from the process list. */
export function isAnswered(directory: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketFile(directory));
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
