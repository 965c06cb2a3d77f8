import { execFile } from 'node:child_process';
import { arch, availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { promisify } from 'node:util';
import { findBinaries } from '@muster/core/platform/db/embedded/binaries';

/** What the figures were measured on, in one line. */
export async function describeMachine(): Promise<string> {
  const { postgres } = await findBinaries();
  const { stdout } = await promisify(execFile)(postgres, ['--version']);
  return [
    `${cpus()[0]?.model.replace(/\s+/g, ' ') ?? 'unknown processor'} (${availableParallelism()} cores, ${arch()})`,
    `${Math.round(totalmem() / 1e9)} GB`,
    `${type()} ${release()}`,
    `Node ${process.versions.node}`,
    stdout.trim().replace(/^postgres \(PostgreSQL\)/, 'PostgreSQL'),
  ].join(', ');
}
