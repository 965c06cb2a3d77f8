import { defineSolution } from '@muster/contract/solution';
import { tablet } from './device-types/tablet.ts';

/** Tablets in hotel rooms. */
export const hospitality = defineSolution({
  id: 'hospitality',
  title: { en: 'Hospitality', pl: 'Hotelarstwo' },
  deviceTypes: [tablet],
  placeKinds: [
    { id: 'hotel', title: { en: 'Hotel', pl: 'Hotel' }, standsIn: [null, 'site'] },
    { id: 'floor', title: { en: 'Floor', pl: 'Piętro' }, standsIn: ['hotel', 'building'] },
    {
      id: 'guest-room',
      title: { en: 'Guest room', pl: 'Pokój gościnny' },
      standsIn: ['floor', 'hotel', 'building'],
      devices: [{ title: { en: 'Tablets', pl: 'Tablety' }, type: 'hospitality.tablet', most: 4, least: 1 }],
    },
    {
      id: 'staff-zone',
      title: { en: 'Staff zone', pl: 'Strefa personelu' },
      standsIn: ['hotel', 'floor', 'building'],
    },
  ],
});
