import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { explain } from './faults.ts';
import { type Footing, runOn } from './footing.ts';
import type { Layout } from './layout.ts';

/** The administrative role and its database. */
export const OWNER = 'muster_owner';
export const DATABASE = 'muster';

const choices = [
  '--data-checksums',
  '--encoding=UTF8',
  // sorts alike on every system and after every upgrade of its C library
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--auth=scram-sha-256',
  `--username=${OWNER}`,
  '--no-instructions',
  // one wait for the disk instead of a thousand; only Linux has it
  ...(process.platform === 'linux' ? ['--sync-method=syncfs'] : []),
];

/**
 * Makes the data directory elsewhere and moves it into place when it is whole and on disk.
 * @throws MusterError `unavailable` when it cannot be made; nothing of it stays then.
 */
export async function initialize(layout: Layout, footing: Footing, initdb: string): Promise<void> {
  const fresh = join(layout.root, `initializing.${process.pid}`);
  try {
    await runOn(footing, initdb, [...choices, `--pwfile=${layout.password}`, '-D', fresh]);
    await rename(fresh, layout.data);
    await sync(layout.root);
  } catch (cause) {
    await rm(fresh, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    throw explain(cause, 'The database could not be made', layout.root);
  }
}

async function sync(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
