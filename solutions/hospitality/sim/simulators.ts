import type { Simulators } from '@muster/edge/simulate/signal';
import { tablet } from './tablet.ts';

/** A simulator for every device type of this solution. */
export const simulators: Simulators = { 'hospitality.tablet': tablet };
