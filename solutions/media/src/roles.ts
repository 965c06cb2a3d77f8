import { type BuiltInRole, viewing } from '@muster/contract/roles';

/** Who looks after media servers. */
export const roles: readonly BuiltInRole[] = [
  {
    id: 'media.admin',
    title: { en: 'Media administrator', pl: 'Administrator multimediów' },
    description: {
      en: 'Connects servers and decides who looks after them.',
      pl: 'Podłącza serwery i decyduje, kto się nimi zajmuje.',
    },
    permissions: [
      ...viewing,
      'user:read',
      'user:write',
      'role:read',
      'place:write',
      'device:write',
      'device:credential',
      'enrollment:read',
      'enrollment:write',
    ],
    idleMinutes: 60,
  },
  {
    id: 'media.staff',
    title: { en: 'Media staff', pl: 'Obsługa multimediów' },
    description: { en: 'Looks after the servers given to them.', pl: 'Zajmuje się przydzielonymi serwerami.' },
    permissions: [...viewing, 'device:write'],
    idleMinutes: 60,
  },
  {
    id: 'media.support',
    title: { en: 'Media support', pl: 'Wsparcie multimediów' },
    description: {
      en: 'Sees servers and sessions, and changes nothing.',
      pl: 'Widzi serwery i sesje, niczego nie zmienia.',
    },
    permissions: viewing,
    idleMinutes: 120,
  },
];
