import { execFile } from 'node:child_process';
import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { promisify } from 'node:util';
import { findBinaries } from '@muster/core/platform/db/embedded/binaries';

/** Running programs beside the bench at which its figures are doubtful. */
const BUSY_SHARE = 0.25;

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

/** The load of the last minute in words, with a warning where others are at work. */
export function describeLoad(): string {
  const [minute = 0] = loadavg();
  const busy = minute > availableParallelism() * BUSY_SHARE;
  return `load average ${minute.toFixed(2)}${busy ? ': others are at work, figures may be low' : ''}`;
}
