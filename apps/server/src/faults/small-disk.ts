import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of its own, of a given size. */
export interface SmallDisk extends Disposable {
  readonly directory: string;
  free(): number;
  /** Writes a file that leaves so many bytes free: 0 fills it to the last block. */
  fill(leave: number): void;
  /** Removes what `fill` wrote. */
  relieve(): void;
}

const PIECE = Buffer.alloc(1024 * 1024);

/** @returns why there can be none here, where that is so */
export function mountSmallDisk(megabytes: number): SmallDisk | string {
  if (process.platform !== 'linux') return 'only Linux mounts a tmpfs';
  if (process.getuid?.() !== 0) return 'only root may mount a small disk';
  const directory = mkdtempSync(join(tmpdir(), 'muster-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'muster-test', directory], {
      stdio: 'pipe',
    });
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    return `a small disk can not be mounted here: ${(error as Error).message.trim().split('\n').at(-1)}`;
  }
  chmodSync(directory, 0o755);
  const ballast = join(directory, 'ballast');
  const free = () => {
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize;
  };
  const unmount = () => {
    // lazily: what still runs there is ended by whoever started it
    execFileSync('umount', ['-l', directory], { stdio: 'ignore' });
    rmSync(directory, { recursive: true, force: true });
  };
  process.once('exit', unmount);
  return {
    directory,
    free,
    fill(leave) {
      const descriptor = openSync(ballast, 'a');
      try {
        while (free() > leave) writeSync(descriptor, PIECE, 0, Math.max(1, Math.min(PIECE.length, free() - leave)));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        closeSync(descriptor);
      }
    },
    relieve: () => rmSync(ballast, { force: true }),
    [Symbol.dispose]() {
      process.off('exit', unmount);
      unmount();
    },
  };
}
