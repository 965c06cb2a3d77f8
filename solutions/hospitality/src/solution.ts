import { defineSolution } from '@muster/contract/solution';
import { tablet } from './device-types/tablet.ts';

/** Tablets in hotel rooms. */
export const hospitality = defineSolution({
  id: 'hospitality',
  title: { en: 'Hospitality', pl: 'Hotelarstwo' },
  deviceTypes: [tablet],
  placeKinds: [
    { id: 'hotel', title: { en: 'Hotel', pl: 'Hotel' } },
    { id: 'floor', title: { en: 'Floor', pl: 'Piętro' } },
    { id: 'guest-room', title: { en: 'Guest room', pl: 'Pokój gościnny' } },
  ],
});
