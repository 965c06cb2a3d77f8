import type { Random } from './random.ts';

export interface BackOff {
  /** ms before the second try. */
  firstMs: number;
  /** ms that no wait exceeds. */
  maximumMs: number;
}

export const defaultBackOff: BackOff = { firstMs: 1000, maximumMs: 60_000 };

/**
 * ms to wait before trying again: doubled with every failure, half of it drawn, so that a fleet which lost its server
 * in one moment does not come back in one moment.
 *
 * @param failures how often it failed in a row, 0 for the first wait
 */
export function waitFor(failures: number, { firstMs, maximumMs }: BackOff, random: Random): number {
  const longest = Math.min(maximumMs, firstMs * 2 ** Math.min(failures, 30));
  return longest / 2 + (random() * longest) / 2;
}
