/** How long messages take from their arrival to the screens, over the last minute. */
export interface DelayMeter {
  /** ms */
  record(delay: number): void;
  /** 99 of 100 messages were faster, ms; null: none was sent. */
  p99(): number | null;
  stop(): void;
}

/** Upper bounds of the classes in ms: enough to tell 5 ms from 8 and 100 from 150. */
const BOUNDS = [
  1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 65, 80, 100, 130, 160, 200, 300, 500, 1000, 2000, 5000, 60_000,
];
const SLICE_MS = 10_000;
const SLICES = 6;

export function createDelayMeter(): DelayMeter {
  const slices: Uint32Array[] = Array.from({ length: SLICES }, () => new Uint32Array(BOUNDS.length));
  const timer = setInterval(() => slices.unshift((slices.pop() as Uint32Array).fill(0)), SLICE_MS).unref();
  return {
    record(delay) {
      let index = 0;
      while (index < BOUNDS.length - 1 && delay > (BOUNDS[index] as number)) index++;
      (slices[0] as Uint32Array)[index]!++;
    },
    p99() {
      const counts = BOUNDS.map((_, index) => slices.reduce((sum, slice) => sum + (slice[index] as number), 0));
      const total = counts.reduce((sum, count) => sum + count, 0);
      if (total === 0) return null;
      let left = total * 0.99;
      const index = counts.findIndex((count) => {
        left -= count;
        return left <= 0;
      });
      return BOUNDS[index] as number;
    },
    stop: () => clearInterval(timer),
  };
}
