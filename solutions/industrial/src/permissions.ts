import type { PermissionDefinition } from '@muster/contract/permissions';

/** What is done at a bench beyond looking at it. */
export const permissions = {
  'calibration:read': { title: { en: 'See calibrations', pl: 'Wgląd w kalibracje' }, of: 'place' },
  'calibration:write': { title: { en: 'Calibrate sensors', pl: 'Kalibracja czujników' }, of: 'place' },
  'service:use': { title: { en: 'Use service mode and diagnostics', pl: 'Tryb serwisowy i diagnostyka' }, of: 'place' },
  'test:read': { title: { en: 'See tests and their results', pl: 'Wgląd w testy i ich wyniki' }, of: 'place' },
  'test:write': { title: { en: 'Plan and run tests', pl: 'Planowanie i wykonywanie testów' }, of: 'place' },
  'report:read': { title: { en: 'See reports', pl: 'Wgląd w raporty' }, of: 'place' },
  'report:write': { title: { en: 'Make and sign reports', pl: 'Tworzenie i podpisywanie raportów' }, of: 'place' },
} as const satisfies Record<string, PermissionDefinition>;
