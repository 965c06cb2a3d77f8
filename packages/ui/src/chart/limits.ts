import type { Limits } from '@muster/contract/solution';

export type LimitState = 'normal' | 'lowLow' | 'low' | 'high' | 'highHigh';
export type LimitName = Exclude<LimitState, 'normal'>;
export type LimitSeverity = 'warning' | 'critical';

/** From the highest to the lowest, as a table of limits reads. */
export const limitNames: readonly LimitName[] = ['highHigh', 'high', 'low', 'lowLow'];

/** Where a value stands against its limits (ISA-18.2): a value exactly on a limit is still normal. */
export const limitState = (value: number, limits: Limits | null): LimitState => {
  if (!limits) return 'normal';
  if (limits.lowLow !== undefined && value < limits.lowLow) return 'lowLow';
  if (limits.highHigh !== undefined && value > limits.highHigh) return 'highHigh';
  if (limits.low !== undefined && value < limits.low) return 'low';
  if (limits.high !== undefined && value > limits.high) return 'high';
  return 'normal';
};

/** How bad it is to be beyond a limit; null: normal. */
export const limitSeverity = (state: LimitState): LimitSeverity | null => {
  if (state === 'normal') return null;
  return state === 'lowLow' || state === 'highHigh' ? 'critical' : 'warning';
};

/** A stretch of the value axis, in the metric's unit. */
export interface LimitBand {
  from: number;
  to: number;
  severity: LimitSeverity;
}

/** The stretches beyond the limits within `[min, max]` of an axis, lowest first. */
export const limitBands = (limits: Limits | null, min: number, max: number): LimitBand[] => {
  if (!limits) return [];
  const { lowLow, low, high, highHigh } = limits;
  const wanted: { from: number; to: number; severity: LimitSeverity }[] = [];
  if (lowLow !== undefined) wanted.push({ from: min, to: lowLow, severity: 'critical' });
  if (low !== undefined) wanted.push({ from: lowLow ?? min, to: low, severity: 'warning' });
  if (high !== undefined) wanted.push({ from: high, to: highHigh ?? max, severity: 'warning' });
  if (highHigh !== undefined) wanted.push({ from: highHigh, to: max, severity: 'critical' });
  return wanted
    .map((band) => ({ ...band, from: Math.max(band.from, min), to: Math.min(band.to, max) }))
    .filter((band) => band.to > band.from);
};

/** The ends of a bar that shows a value among its limits; null where neither a range nor two limits say how far it goes. */
export const limitScale = (
  range: readonly [number, number] | null,
  limits: Limits | null,
): readonly [number, number] | null => {
  if (range) return range;
  const known = Object.values(limits ?? {}).filter((limit) => limit !== undefined);
  const low = Math.min(...known);
  const high = Math.max(...known);
  if (!(high > low)) return null;
  const margin = (high - low) * 0.25;
  return [low - margin, high + margin];
};
