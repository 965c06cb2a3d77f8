/** Bytes of accepted messages that are not yet committed, at which reading from devices stops. */
const HIGH_WATER_BYTES = 64 * 1024 * 1024;
const LOW_WATER_BYTES = 16 * 1024 * 1024;
/** What waits longer than this for its commit says that the store does not answer, though its connections hold. */
export const AWAY_AFTER_MS = 5000;

/** What waits for the store, wherever it waits: the one bound on the memory that devices can fill. */
export interface Pressure {
  /** So many bytes more wait, or (negative) fewer. */
  add(bytes: number): void;
  readonly bytes: number;
  /** Reading from devices stops; nobody new is let in. */
  readonly full: boolean;
}

/** @param onPressure reading from devices must stop, or may go on */
export function createPressure(onPressure: (full: boolean) => void): Pressure {
  let bytes = 0;
  let full = false;
  return {
    add(more) {
      bytes += more;
      const next = bytes > (full ? LOW_WATER_BYTES : HIGH_WATER_BYTES);
      if (next === full) return;
      full = next;
      onPressure(full);
    },
    get bytes() {
      return bytes;
    },
    get full() {
      return full;
    },
  };
}

/** What a message that waits outside of a batch costs, about: its text, what was parsed of it, and who is to be answered. */
export const costOf = (textBytes: number): number => 512 + 4 * textBytes;
