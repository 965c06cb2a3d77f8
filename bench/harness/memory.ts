import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pause } from './clock.ts';

/** MB are 10^6 bytes, kB 1000. */
const KIB = 1024;

/** Resident bytes of one process, as `ps` shows them. @returns undefined where there is no /proc */
export async function residentBytes(pid: number): Promise<number | undefined> {
  return readField(`/proc/${pid}/status`, 'VmRSS');
}

/**
 * Proportional bytes of processes together: memory that several share is counted once.
 * @returns undefined where there is no /proc or it may not be read
 */
export async function proportionalBytes(pids: readonly number[]): Promise<number | undefined> {
  const sizes = await Promise.all(pids.map((pid) => readField(`/proc/${pid}/smaps_rollup`, 'Pss')));
  return sizes.some((size) => size === undefined)
    ? undefined
    : sizes.reduce((sum: number, size) => sum + (size ?? 0), 0);
}

/** A process and everything that it started. */
export async function treeOf(root: number): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  const parents = new Map<number, number>();
  for (const name of names) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => undefined);
    // the name in brackets may hold anything; the parent is the second field after it
    const parent = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const tree = [root];
  for (const pid of tree) for (const [child, parent] of parents) if (parent === pid) tree.push(child);
  return tree;
}

/** The database's first process and its children. */
export async function databaseTree(dataDir: string): Promise<number[]> {
  const file = await readFile(join(dataDir, 'postgresql/data/postmaster.pid'), 'utf8');
  return treeOf(Number(file.split('\n', 1)[0]));
}

const LOOK_MS = 1000;

/** Resident bytes once they stop falling: garbage is collected at leisure. The lowest of what was seen. */
export async function settledBytes(pid: number, steadyMs: number, longestMs: number): Promise<number | undefined> {
  let lowest = await residentBytes(pid);
  let steady = 0;
  for (let waited = 0; waited < longestMs && steady < steadyMs; waited += LOOK_MS) {
    await pause(LOOK_MS);
    const bytes = await residentBytes(pid);
    if (bytes === undefined || lowest === undefined) return undefined;
    steady = bytes < lowest * 0.995 ? 0 : steady + LOOK_MS;
    lowest = Math.min(lowest, bytes);
  }
  return lowest;
}

/** Looks at something again and again, from now until `stop` tells the highest. */
export function watchHighest(read: () => Promise<number | undefined>): { stop(): Promise<number> } {
  let highest = 0;
  let stopped = false;
  const looking = (async () => {
    while (!stopped) {
      highest = Math.max(highest, (await read()) ?? 0);
      await pause(LOOK_MS / 2);
    }
  })();
  return {
    async stop() {
      stopped = true;
      await looking;
      return highest;
    },
  };
}

async function readField(file: string, name: string): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  const kib = text && new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1];
  return kib ? Number(kib) * KIB : undefined;
}
