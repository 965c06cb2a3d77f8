import { median } from './clock.ts';

/** How long values took to the screen: the newest ones only, so that an old hiccup does not stay. */
export interface DelayMeter {
  add(delayMs: number, now: number): void;
  /** The middle of the last 10 s, ms, never below 0; null: nothing came. */
  typical(now: number): number | null;
}

const KEPT = 64;
const WINDOW_MS = 10_000;

export const createDelayMeter = (): DelayMeter => {
  const delays = new Float64Array(KEPT);
  const times = new Float64Array(KEPT).fill(Number.NEGATIVE_INFINITY);
  let next = 0;
  return {
    add(delayMs, now) {
      delays[next] = delayMs;
      times[next] = now;
      next = (next + 1) % KEPT;
    },
    typical(now) {
      const recent = [...delays].filter((_, index) => now - (times[index] ?? 0) <= WINDOW_MS);
      return recent.length > 0 ? Math.max(0, median(recent)) : null;
    },
  };
};
