import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

const linux = process.platform === 'linux';

/**
 * When a process was started, in the words of the system: with the number it tells a process from a later one of the same number.
 * Linux: clock ticks since boot (field 22 of /proc/PID/stat); elsewhere the date that `ps` prints.
 * Undefined: there is no such process; one that ended and waits to be collected counts as none.
 */
export function startOf(pid: number): string | undefined {
  if (!linux) return words(ps('lstart=', pid));
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  // the name in parentheses may hold anything, so count from the last one: field 3 comes next
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields === undefined || fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

/** Changes with every start of the machine, where `startOf` counts from there. */
export function bootOf(): string {
  return linux ? (attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()) ?? '') : '';
}

/** The words a process was started with, joined by blanks; undefined: no such process. */
export function commandOf(pid: number): string | undefined {
  if (!linux) return ps('command=', pid)?.trim();
  const command = attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
  return command?.replace(/\0$/, '').replaceAll('\0', ' ');
}

/** The numbers and words of all processes that this one may see. */
function commands(): Map<number, string> {
  if (linux) {
    const numbers = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return new Map(numbers.map((name) => [Number(name), commandOf(Number(name)) ?? '']));
  }
  const table = attempt(() => execFileSync('ps', ['-ww', '-A', '-o', 'pid=', '-o', 'command='], quiet)) ?? '';
  const rows = [...table.matchAll(/^\s*(\d+)\s+(.*)$/gm)];
  return new Map(rows.map((row) => [Number(row[1]), row[2] ?? '']));
}

/** The program that a process runs and its working directory; undefined where the system does not tell us. */
function placeOf(pid: number): { program: string; directory: string } | undefined {
  if (!linux) return undefined;
  return attempt(() => ({
    // an upgrade marks the program of a running process as deleted
    program: basename(readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, '')),
    directory: readlinkSync(`/proc/${pid}/cwd`),
  }));
}

/** PostgreSQL's `cluster_name`, which stands in the title of each of its processes but the first: it tells whose they are. */
export const clusterName = (data: string) => `muster-${createHash('sha256').update(data).digest('hex').slice(0, 16)}`;

/** Is process `pid` one of a PostgreSQL that works in the data directory `data` (an absolute path without links)? */
export function isPostgresOn(pid: number, data: string): boolean {
  const place = placeOf(pid);
  if (place) return place.program === 'postgres' && place.directory === data;
  // of another user's process the system tells the words only, unless we may trace it: in a container root may not
  return isCommandOn(commandOf(pid) ?? '', data);
}

/** Every process of a PostgreSQL on `data`: its postmaster's, or what a killed postmaster left. */
export function postgresOn(data: string): number[] {
  const likely = [...commands()].filter(([, command]) => isCommandOn(command, data));
  return likely.map(([pid]) => pid).filter((pid) => isPostgresOn(pid, data));
}

function isCommandOn(command: string, data: string): boolean {
  const isPostmaster = /(?:^|\/)postgres /.test(command) && `${command} `.includes(` -D ${data} `);
  return isPostmaster || command.startsWith(`postgres: ${clusterName(data)}: `);
}

function ps(column: string, pid: number): string | undefined {
  const line = attempt(() => execFileSync('ps', ['-ww', '-o', 'stat=', '-o', column, '-p', String(pid)], quiet));
  const [, state, rest] = line?.match(/^\s*(\S+)\s+(.*)$/m) ?? [];
  return state === undefined || state.startsWith('Z') ? undefined : rest;
}

const quiet: ExecFileSyncOptionsWithStringEncoding = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };

const words = (text: string | undefined) => text?.trim().split(/\s+/).join(' ');

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
