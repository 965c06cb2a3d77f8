import type { Simulators } from '@muster/edge/simulate/signal';
import { pressureStation } from './pressure-station.ts';

/** A simulator for every device type of this solution. */
export const simulators: Simulators = { 'industrial.pressure-station': pressureStation };
