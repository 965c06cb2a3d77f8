import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** For tests: a file system of its own, of a given size. */
export interface SmallDisk extends Disposable {
  readonly directory: string;
  /** Somebody else takes all the room that is left. */
  fill(): void;
}

const PIECE = Buffer.alloc(4096, 1);

/** @returns why there can be none here, where that is so */
export function mountSmallDisk(kilobytes: number): SmallDisk | string {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root on Linux may mount a small disk';
  const directory = mkdtempSync(join(tmpdir(), 'muster-edge-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'muster-test', directory], { stdio: 'pipe' });
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    return `a small disk can not be mounted here: ${(error as Error).message.trim().split('\n').at(-1)}`;
  }
  const unmount = () => {
    execFileSync('umount', ['-l', directory], { stdio: 'ignore' });
    rmSync(directory, { recursive: true, force: true });
  };
  process.once('exit', unmount);
  return {
    directory,
    fill() {
      const descriptor = openSync(join(directory, 'somebody-else'), 'a');
      try {
        for (;;) if (writeSync(descriptor, PIECE) < PIECE.length) break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        closeSync(descriptor);
      }
    },
    [Symbol.dispose]() {
      process.off('exit', unmount);
      unmount();
    },
  };
}
