import type { Solution } from '@muster/contract/solution';
import { simulators as generic } from '@muster/edge/simulate/generic';
import type { Simulators } from '@muster/edge/simulate/signal';
import { simulators as hospitalitySimulators } from '@muster/hospitality/sim/simulators';
import { hospitality } from '@muster/hospitality/src/solution';
import { simulators as industrialSimulators } from '@muster/industrial/sim/simulators';
import { industrial } from '@muster/industrial/src/solution';
import { lab } from '@muster/lab/src/solution';
import { media } from '@muster/media/src/solution';
import { screening } from '@muster/screening/src/solution';

/** The solutions of this installation. */
export const solutions: readonly Solution[] = [screening, industrial, lab, media, hospitality];

/** A simulator for every device type. */
export const simulators: Simulators = { ...generic, ...industrialSimulators, ...hospitalitySimulators };
