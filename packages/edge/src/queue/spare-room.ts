import { closeSync, fsyncSync, openSync, rmSync, statSync, writeSync } from 'node:fs';

const BYTES = 1024 * 1024;
const PIECE = Buffer.alloc(64 * 1024, 0xa5);

/** A file that only takes room: given up when the disk is full, so that there is room to tidy up. */
export interface SpareRoom {
  readonly isThere: boolean;
  /** Takes the room again. False: the disk has none. */
  take(): boolean;
  give(): void;
}

export function spareRoom(file: string): SpareRoom {
  let isThere = sizeOf(file) === BYTES;
  const give = () => {
    rmSync(file, { force: true });
    isThere = false;
  };
  return {
    get isThere() {
      return isThere;
    },
    take() {
      if (isThere) return true;
      try {
        const descriptor = openSync(file, 'w', 0o600);
        try {
          for (let at = 0; at < BYTES; at += PIECE.length) {
            if (writeSync(descriptor, PIECE) < PIECE.length) throw new RangeError('the disk is full');
          }
          fsyncSync(descriptor);
        } finally {
          closeSync(descriptor);
        }
        isThere = true;
      } catch {
        give();
      }
      return isThere;
    },
    give,
  };
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0;
  }
}
