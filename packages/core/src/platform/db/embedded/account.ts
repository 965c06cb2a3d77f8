import { execFile } from 'node:child_process';
import { lchown, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MusterError } from '../../errors.ts';
import { type EmbeddedLog, OUTSIDE } from './faults.ts';

/** A user of the system. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
}

const run = promisify(execFile);

/**
 * Who PostgreSQL runs as, since it refuses root: the owner of `directory` unless that is root, else the system user
 * `muster`, made when missing, else `nobody`. The directory and all in it is given to that user.
 * @returns undefined when this process is not root: PostgreSQL runs as the same user.
 */
export async function chooseAccount(directory: string, log: EmbeddedLog): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await lstat(directory);
  if (owner.uid !== 0) {
    const known = await lookUp(String(owner.uid));
    return known ?? { name: String(owner.uid), uid: owner.uid, gid: owner.gid };
  }
  const account = (await lookUp('muster')) ?? (await create(log)) ?? (await lookUp('nobody'));
  if (account === undefined) {
    const detail = `PostgreSQL does not run as root, and there is no other user to run it as. Make one (useradd --system muster), ${OUTSIDE}.`;
    throw new MusterError('unavailable', detail);
  }
  await give(directory, account);
  return account;
}

/** A user of the system by name or number. */
export async function lookUp(user: string): Promise<Account | undefined> {
  try {
    const [uid, gid, name] = await Promise.all(['-u', '-g', '-un'].map((flag) => run('id', [flag, user])));
    if (!uid || !gid || !name) return undefined;
    return { name: name.stdout.trim(), uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

async function create(log: EmbeddedLog): Promise<Account | undefined> {
  try {
    await run('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', 'muster']);
    log.info({ user: 'muster' }, 'made the system user that PostgreSQL runs as, since it refuses root');
  } catch (err) {
    log.warn({ err }, 'the system user muster could not be made: PostgreSQL runs as nobody');
  }
  // another server may have made it meanwhile
  return lookUp('muster');
}

/** The directory itself comes last, so that an interruption is made good at the next start. Links are given, not followed. */
async function give(directory: string, account: Account): Promise<void> {
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    await lchown(join(entry.parentPath, entry.name), account.uid, account.gid);
  }
  await lchown(directory, account.uid, account.gid);
}
