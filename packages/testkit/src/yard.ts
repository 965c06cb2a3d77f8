import { Strict } from '@muster/contract/schema';
import { defineDeviceType, defineSolution } from '@muster/contract/solution';

const camera = defineDeviceType({
  id: 'yard.camera',
  title: { en: 'Camera', pl: 'Kamera' },
  metrics: {},
  intervalMs: 20_000,
  events: {},
  commands: {},
  configuration: Strict({}),
});

/** A solution whose kinds of place have rules: a gate stands in a yard, and holds three cameras, one of them the manager. */
export const yard = defineSolution({
  id: 'yard',
  title: { en: 'Yard', pl: 'Plac' },
  deviceTypes: [camera],
  placeKinds: [
    { id: 'yard', title: { en: 'Yard', pl: 'Plac' }, standsIn: [null, 'site'] },
    {
      id: 'gate',
      title: { en: 'Gate', pl: 'Brama' },
      standsIn: ['yard'],
      devices: [
        { title: { en: 'Cameras', pl: 'Kamery' }, type: 'yard.*', most: 3, roles: ['manager', 'worker'] },
        {
          title: { en: 'Managers', pl: 'Zarządzające' },
          type: 'yard.*',
          role: 'manager',
          most: 1,
          least: 1,
        },
        { title: { en: 'Workers', pl: 'Robocze' }, type: 'yard.*', role: 'worker', most: 2 },
      ],
    },
  ],
});
