import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { now } from './clock.ts';
import { treeOf } from './memory.ts';

/** Ticks of the kernel's accounts in a second (`getconf CLK_TCK`). */
const TICKS = 100;

interface Sample {
  at: number;
  /** Ticks that all processes of the machine worked. */
  busy: number;
  /** Ticks that the bench and everything it started worked, those that ended included. */
  own: number;
}

/**
 * Watches how much of the processors programs that are not the bench's take, while a figure is measured.
 * @returns a function that ends it and tells their share of the machine, 0 to 1; undefined where there is no /proc
 */
export async function watchOthers(): Promise<() => Promise<number | undefined>> {
  const before = await sample();
  return async () => {
    const after = await sample();
    if (!before || !after) return undefined;
    const own = after.own - before.own;
    const whole = ((after.at - before.at) / 1000) * TICKS * availableParallelism();
    return Math.max(0, (after.busy - before.busy - own) / whole);
  };
}

async function sample(): Promise<Sample | undefined> {
  const all = await readFile('/proc/stat', 'utf8').catch(() => undefined);
  if (all === undefined) return undefined;
  // user, nice, system, idle, waiting for disks, interrupts, soft interrupts, stolen by the host
  const [user = 0, nice = 0, system = 0, , , interrupt = 0, soft = 0, stolen = 0] =
    all.split('\n', 1)[0]?.trim().split(/\s+/).slice(1).map(Number) ?? [];
  let own = 0;
  for (const pid of await treeOf(process.pid)) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
    // user and system time, its own and of children that ended
    const fields =
      stat
        ?.slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .slice(11, 15) ?? [];
    for (const ticks of fields) own += Number(ticks);
  }
  return { at: now(), busy: user + nice + system + interrupt + soft + stolen, own };
}

export const percent = (share: number | undefined): string =>
  share === undefined ? 'unknown' : `${Math.round(share * 100)} %`;
