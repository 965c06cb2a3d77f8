import { defineSolution } from '@muster/contract/solution';

/** Instruments and behavioural experiments. */
export const lab = defineSolution({
  id: 'lab',
  title: { en: 'Laboratory', pl: 'Laboratorium' },
  deviceTypes: [],
  placeKinds: [{ id: 'rig', title: { en: 'Rig', pl: 'Zestaw doświadczalny' } }],
});
