import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConnectionSettings } from './db/pool.ts';
import { MusterError } from './errors.ts';

/** What commands on the same machine need to know of the running server. Holds the database's password: mode 0600. */
export interface Running {
  pid: number;
  http: string;
  mqtt: string;
  settings: ConnectionSettings;
  secretFile: string;
  /** There is a mail server. */
  sendsMail: boolean;
}

const fileOf = (dataDir: string) => join(dataDir, 'running.json');

export async function tellRunning(dataDir: string, running: Running): Promise<() => Promise<void>> {
  const file = fileOf(dataDir);
  await rm(file, { force: true });
  await writeFile(file, `${JSON.stringify(running)}\n`, { mode: 0o600 });
  await chmod(file, 0o600);
  return () => rm(file, { force: true });
}

/** @throws MusterError `unavailable` when no server runs on this data directory */
export async function findRunning(dataDir: string): Promise<Running> {
  const text = await readFile(fileOf(dataDir), 'utf8').catch(() => undefined);
  const running = text === undefined ? undefined : (JSON.parse(text) as Running);
  if (!running || !isAlive(running.pid)) {
    throw new MusterError('unavailable', `No server runs on ${dataDir}. Start it: npm start, or npm run demo.`);
  }
  return running;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
