import { defineSolution } from '@muster/contract/solution';

/** Instruments and behavioural experiments. */
export const lab = defineSolution({
  id: 'lab',
  title: { en: 'Laboratory', pl: 'Laboratorium' },
  deviceTypes: [],
  placeKinds: [
    { id: 'laboratory', title: { en: 'Laboratory', pl: 'Laboratorium' }, standsIn: [null, 'site', 'building', 'hall'] },
    {
      id: 'rig',
      title: { en: 'Rig', pl: 'Zestaw doświadczalny' },
      standsIn: ['laboratory', 'room', 'hall', 'building', 'site'],
      devices: [{ title: { en: 'Instruments', pl: 'Przyrządy' }, type: 'lab.*', most: 32, least: 1 }],
    },
  ],
});
