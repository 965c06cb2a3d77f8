import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { conflict } from '../../errors.ts';
import { bootOf, startOf } from './processes.ts';

const NAME = /^lock\.(\d+)\.([0-9a-f]{16})$/;
const ATTEMPTS = 4;

/**
 * Keeps other Muster servers away from `directory` until the returned function is called or this process ends.
 * The file's name holds the process id and its start, so what a killed server left is recognised.
 * Each server writes its own file first and looks for others then: of two, at most one can have seen none,
 * and nobody ever takes over a file of another.
 * @throws MusterError `conflict` naming the process that has it.
 */
export async function lock(directory: string): Promise<() => void> {
  const mine = nameOf(process.pid) as string;
  const path = join(directory, mine);
  for (let attempt = 1; ; attempt += 1) {
    create(path, directory);
    const holder = others(directory, mine);
    if (holder === undefined) return () => rmSync(path, { force: true });
    rmSync(path, { force: true });
    if (attempt === ATTEMPTS) throw taken(directory, holder);
    // two that start together both step back; the one that waits less gets it
    await sleep(20 + Math.random() * 100);
  }
}

function create(path: string, directory: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o644));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw taken(directory, process.pid);
    throw error;
  }
}

function others(directory: string, mine: string): number | undefined {
  for (const name of readdirSync(directory)) {
    const pid = Number(NAME.exec(name)?.[1]);
    if (name === mine || Number.isNaN(pid)) continue;
    if (nameOf(pid) === name) return pid;
    rmSync(join(directory, name), { force: true });
  }
  return undefined;
}

function nameOf(pid: number): string | undefined {
  const start = startOf(pid);
  if (start === undefined) return undefined;
  const identity = createHash('sha256').update(`${bootOf()} ${start}`).digest('hex').slice(0, 16);
  return `lock.${pid}.${identity}`;
}

const taken = (directory: string, pid: number) =>
  conflict(
    `Process ${pid} is a Muster server that uses ${directory} already. Stop it first, or set MUSTER_DATA_DIR to another directory.`,
  );
