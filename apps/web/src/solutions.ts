import type { Solution } from '@muster/contract/solution';
import { hospitality } from '@muster/hospitality/src/solution';
import { industrial } from '@muster/industrial/src/solution';
import { lab } from '@muster/lab/src/solution';
import { media } from '@muster/media/src/solution';
import { screening } from '@muster/screening/src/solution';

/** The solutions of this app. */
export const solutions: readonly Solution[] = [screening, industrial, lab, media, hospitality];
