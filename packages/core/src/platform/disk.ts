import { statfs } from 'node:fs/promises';
import type { Log } from './log.ts';

/** How much room is left where the data lies. */
export type DiskState = 'roomy' | 'low' | 'full';

export interface DiskWatch {
  readonly state: DiskState;
  /** Share in use, 0 to 1. */
  readonly used: number;
  stop(): void;
}

const LOOK_MS = 1000;
/** Share in use from which on the disk is low (the last of the alarms at 80, 90 and 95 %). */
const LOW = 0.9;
const ALARMS = [0.8, 0.9, 0.95];
/** Kept free for sign-in, audit and PostgreSQL's own work: 5 % of the disk, 512 MiB at most. */
const RESERVE_SHARE = 0.05;
const RESERVE_BYTES = 512 * 1024 * 1024;
/** It has room again with this much more than the reserve, so that it does not flutter. */
const RELIEF = 1.25;

/** Looks once a second; `onFull` is told when measured values must be held back, and when they may go on. */
export function watchDisk(directory: string, log: Log, onFull: (full: boolean) => void): DiskWatch {
  let state: DiskState = 'roomy';
  let used = 0;
  let alarmed = 0;

  async function look(): Promise<void> {
    const { bavail, blocks, bsize } = await statfs(directory);
    const [free, size] = [bavail * bsize, blocks * bsize];
    used = size > 0 ? 1 - free / size : 0;
    const reserve = Math.min(RESERVE_BYTES, size * RESERVE_SHARE);
    const full = free < (state === 'full' ? reserve * RELIEF : reserve);
    alarm(ALARMS.filter((share) => used >= share).length);
    if (full !== (state === 'full')) {
      log[full ? 'error' : 'info'](
        { freeBytes: free, reserveBytes: reserve },
        full
          ? 'the disk is full: measured values are held back, nothing of them is acknowledged'
          : 'the disk has room again',
      );
      onFull(full);
    }
    state = full ? 'full' : used >= LOW ? 'low' : 'roomy';
  }

  function alarm(level: number): void {
    if (level > alarmed) log.warn({ usedPercent: Math.floor(used * 100) }, 'the disk fills up');
    alarmed = level;
  }

  const timer = setInterval(() => {
    look().catch((error) => log.warn({ err: error }, 'the free space can not be read'));
  }, LOOK_MS).unref();
  return {
    get state() {
      return state;
    },
    get used() {
      return used;
    },
    stop: () => clearInterval(timer),
  };
}
