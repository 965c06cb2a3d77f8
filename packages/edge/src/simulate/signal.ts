import type { DeviceType } from '@muster/contract/solution';
import type { Value } from '@muster/contract/telemetry';
import type { Random } from '../random.ts';

/**
 * What one simulated device measures. Called once for every message, in order; `ts` in ms on a clock that may start
 * anywhere, `n` from 1. The same calls give the same values.
 */
export type Signal = (ts: number, n: number) => Record<string, Value>;

/** Makes the signal of one device. All that is random in it comes from `random`. */
export type SignalSource = (random: Random, deviceIndex: number) => Signal;

/** A solution's simulators by device type id. */
export type Simulators = Readonly<Record<DeviceType['id'], SignalSource>>;

/** A value as a sensor of this resolution gives it: so many digits after the point. */
export const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

/** A wave between -1 and 1. @param phase in turns */
export const wave = (ts: number, periodMs: number, phase: number): number =>
  Math.sin(2 * Math.PI * (ts / periodMs + phase));

/** How far `ts` is in its cycle, [0, 1). @param phase in turns */
export const turn = (ts: number, periodMs: number, phase: number): number => (ts / periodMs + phase) % 1;
