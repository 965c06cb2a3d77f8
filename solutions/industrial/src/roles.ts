import { type BuiltInRole, viewing } from '@muster/contract/roles';

/** The four roles of a mask workshop, with the times after which a session rests too long. */
export const roles: readonly BuiltInRole[] = [
  {
    id: 'industrial.operator',
    title: { en: 'Bench operator', pl: 'Operator' },
    description: { en: 'Watches the benches and their alerts.', pl: 'Obserwuje stanowiska i ich alarmy.' },
    permissions: [...viewing, 'calibration:read', 'test:read'],
    idleMinutes: 30,
  },
  {
    id: 'industrial.administrator',
    title: { en: 'Workshop administrator', pl: 'Administrator warsztatu' },
    description: {
      en: 'Plans tests, signs reports, looks after people.',
      pl: 'Planuje testy, podpisuje raporty, zarządza osobami.',
    },
    permissions: [
      ...viewing,
      'user:read',
      'user:write',
      'role:read',
      'calibration:read',
      'test:read',
      'test:write',
      'report:read',
      'report:write',
    ],
    idleMinutes: 60,
  },
  {
    id: 'industrial.service',
    title: { en: 'Service technician', pl: 'Serwisant' },
    description: {
      en: 'Calibrates and looks for faults; neither tests nor reports.',
      pl: 'Kalibruje i diagnozuje; nie testuje i nie raportuje.',
    },
    permissions: [...viewing, 'device:write', 'calibration:read', 'calibration:write', 'service:use'],
    idleMinutes: 240,
  },
  {
    id: 'industrial.superuser',
    title: { en: 'Workshop superuser', pl: 'Superużytkownik' },
    description: {
      en: 'Does everything in the workshop, and changes its settings.',
      pl: 'Robi wszystko w warsztacie i zmienia jego ustawienia.',
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
      'calibration:read',
      'calibration:write',
      'service:use',
      'test:read',
      'test:write',
      'report:read',
      'report:write',
    ],
    idleMinutes: 120,
  },
];
