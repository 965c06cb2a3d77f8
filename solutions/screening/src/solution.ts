import { defineSolution } from '@muster/contract/solution';
import { roles } from './roles.ts';

/** Terahertz imagers at checkpoints. */
export const screening = defineSolution({
  id: 'screening',
  title: { en: 'Security screening', pl: 'Kontrola bezpieczeństwa' },
  deviceTypes: [],
  placeKinds: [
    { id: 'checkpoint', title: { en: 'Checkpoint', pl: 'Punkt kontroli' } },
    { id: 'station', title: { en: 'Screening station', pl: 'Stanowisko kontroli' } },
  ],
  roles,
});
