import { chownSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Layout } from './layout.ts';
import { socketFile } from './socket.ts';

/** PostgreSQL's `postmaster.pid` (miscadmin.h: process first, state on line 8). */
export interface PidFile {
  pid: number;
  /** `starting`, `ready`, `stopping` or `standby`. */
  state: string | undefined;
}

const path = (layout: Layout) => join(layout.data, 'postmaster.pid');

/** What it says; undefined: there is none, or it names no process. */
export function readPidFile(layout: Layout): PidFile | undefined {
  let lines: string[];
  try {
    lines = readFileSync(path(layout), 'utf8').split('\n');
  } catch {
    return undefined;
  }
  // a postmaster in single-user mode stands there as a negative number
  const pid = Math.abs(Number.parseInt(lines[0] ?? '', 10));
  return pid > 0 ? { pid, state: lines[7]?.trim() } : undefined;
}

/**
 * Removes what a dead postmaster left that would keep the next one from starting: call it only when no postmaster of ours lives.
 * PostgreSQL takes any process of its number, were it a recycled one or a dead one not collected yet, for the old postmaster.
 * @param directory of the socket.
 */
export function clearWay(layout: Layout, directory: string): void {
  rmSync(socketFile(directory), { force: true });
  rmSync(`${socketFile(directory)}.lock`, { force: true });
  const file = readPidFile(layout);
  // killed between making the file and writing it: PostgreSQL takes it for one that just starts, and never starts again
  if (!file) rmSync(path(layout), { force: true });
  else if (exists(file.pid)) disown(layout);
}

/**
 * Puts our number in the place of a wrong one. A postmaster takes its parent's number for stale, and still looks at the
 * rest of the file, which names the shared memory that processes of the killed one may still hold; without the file it would guess.
 */
function disown(layout: Layout): void {
  const file = path(layout);
  const fresh = `${file}.new`;
  const { uid, gid } = statSync(file);
  const [, ...rest] = readFileSync(file, 'utf8').split('\n');
  rmSync(fresh, { force: true });
  writeFileSync(fresh, [process.pid, ...rest].join('\n'), { flag: 'wx', mode: 0o600 });
  chownSync(fresh, uid, gid);
  renameSync(fresh, file);
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
