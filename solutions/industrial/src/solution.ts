import { defineSolution } from '@muster/contract/solution';
import { pressureStation } from './device-types/pressure-station.ts';
import { permissions } from './permissions.ts';
import { roles } from './roles.ts';

/** Pressure benches and sensors. */
export const industrial = defineSolution({
  id: 'industrial',
  title: { en: 'Industrial', pl: 'Przemysł' },
  deviceTypes: [pressureStation],
  placeKinds: [
    { id: 'workshop', title: { en: 'Workshop', pl: 'Warsztat' }, standsIn: [null, 'site', 'building', 'hall'] },
    {
      id: 'bench',
      title: { en: 'Test bench', pl: 'Stół pomiarowy' },
      standsIn: ['workshop', 'hall', 'room', 'site', 'building'],
      devices: [
        {
          title: { en: 'Pressure stations', pl: 'Stacje pomiaru ciśnienia' },
          type: 'industrial.pressure-station',
          most: 1,
          least: 1,
        },
      ],
    },
  ],
  permissions,
  roles,
});
