import { type BuiltInRole, viewing } from '@muster/contract/roles';

/** The three roles of a checkpoint. */
export const roles: readonly BuiltInRole[] = [
  {
    id: 'screening.owner',
    title: { en: 'Checkpoint owner', pl: 'Właściciel punktu kontroli' },
    description: {
      en: 'Runs the checkpoints: imagers, places, people and roles.',
      pl: 'Prowadzi punkty kontroli: skanery, miejsca, osoby i role.',
    },
    permissions: [
      ...viewing,
      'organization:write',
      'user:read',
      'user:write',
      'role:read',
      'role:write',
      'api-key:read',
      'api-key:write',
      'audit:read',
      'place:write',
      'device:write',
      'device:credential',
      'enrollment:read',
      'enrollment:write',
    ],
    idleMinutes: 60,
  },
  {
    id: 'screening.admin',
    title: { en: 'Checkpoint administrator', pl: 'Administrator punktu kontroli' },
    description: { en: 'Looks after imagers and their settings.', pl: 'Zarządza skanerami i ich ustawieniami.' },
    permissions: [
      ...viewing,
      'place:write',
      'device:write',
      'device:credential',
      'enrollment:read',
      'enrollment:write',
    ],
    idleMinutes: 60,
  },
  {
    id: 'screening.monitor',
    title: { en: 'Checkpoint monitor', pl: 'Obserwator punktu kontroli' },
    description: { en: 'Watches imagers and what they find.', pl: 'Obserwuje skanery i ich wykrycia.' },
    permissions: viewing,
    idleMinutes: 240,
  },
];
