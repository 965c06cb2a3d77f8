import { defineSolution } from '@muster/contract/solution';
import { roles } from './roles.ts';

/** Terahertz imagers at checkpoints. */
export const screening = defineSolution({
  id: 'screening',
  title: { en: 'Security screening', pl: 'Kontrola bezpieczeństwa' },
  deviceTypes: [],
  placeKinds: [
    {
      id: 'checkpoint',
      title: { en: 'Checkpoint', pl: 'Punkt kontroli' },
      standsIn: [null, 'site', 'building', 'hall'],
    },
    {
      id: 'station',
      title: { en: 'Screening station', pl: 'Stanowisko kontroli' },
      standsIn: [null, 'checkpoint', 'site', 'building', 'hall'],
      // three imagers see somebody from all sides; one of them leads
      devices: [
        {
          title: { en: 'Imagers', pl: 'Urządzenia obrazujące' },
          type: 'screening.*',
          most: 3,
          roles: ['manager', 'worker'],
        },
        {
          title: { en: 'Managers', pl: 'Urządzenia zarządzające' },
          type: 'screening.*',
          role: 'manager',
          most: 1,
          least: 1,
        },
        { title: { en: 'Workers', pl: 'Urządzenia robocze' }, type: 'screening.*', role: 'worker', most: 2 },
      ],
    },
  ],
  roles,
});
