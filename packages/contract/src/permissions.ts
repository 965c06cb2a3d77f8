import type { Text } from './text.ts';

/** What may be done, as `resource:action`. Roles collect them; every route, topic and live channel names the one it needs. */
export type Permission = `${string}:${string}`;

export interface PermissionDefinition {
  title: Text;
  /**
   * What it is about. `place`: it can be given for a place with all below it, or for one device. `organization`: it holds in
   * the whole organization or not at all. `installation`: about all organizations together; only the organization that the
   * installation was set up with can give it.
   */
  of: 'place' | 'organization' | 'installation';
}

/** The core's permissions; solutions bring theirs in their manifest. */
export const permissions = {
  // whoever works in a part of the organization sees what it is called and how long values are kept
  'organization:read': {
    title: { en: 'See the organization and its settings', pl: 'Wgląd w organizację i jej ustawienia' },
    of: 'place',
  },
  // nothing but the role of an owner has it, so that only an owner makes another one
  'organization:own': {
    title: { en: 'Own the organization: make other owners', pl: 'Własność organizacji: mianowanie właścicieli' },
    of: 'organization',
  },
  'organization:write': {
    title: { en: 'Change the organization and its settings', pl: 'Zmiana organizacji i jej ustawień' },
    of: 'organization',
  },
  'user:read': {
    title: { en: 'See people and what they may do', pl: 'Wgląd w osoby i ich uprawnienia' },
    of: 'organization',
  },
  'user:write': {
    title: {
      en: 'Add, change, disable and delete people, and give them roles',
      pl: 'Dodawanie, zmiana, blokowanie i usuwanie osób oraz nadawanie im ról',
    },
    of: 'organization',
  },
  'role:read': { title: { en: 'See roles', pl: 'Wgląd w role' }, of: 'organization' },
  'role:write': {
    title: { en: 'Make, change and delete roles', pl: 'Tworzenie, zmiana i usuwanie ról' },
    of: 'organization',
  },
  'api-key:read': { title: { en: 'See API keys', pl: 'Wgląd w klucze API' }, of: 'organization' },
  'api-key:write': {
    title: { en: 'Make, rotate and revoke API keys', pl: 'Tworzenie, wymiana i odwoływanie kluczy API' },
    of: 'organization',
  },
  'identity-provider:read': {
    title: { en: 'See sign-in providers', pl: 'Wgląd w dostawców logowania' },
    of: 'organization',
  },
  'identity-provider:write': {
    title: {
      en: 'Add, change and delete sign-in providers',
      pl: 'Dodawanie, zmiana i usuwanie dostawców logowania',
    },
    of: 'organization',
  },
  'audit:read': {
    title: { en: 'See, verify and export the audit trail', pl: 'Wgląd w dziennik zdarzeń, jego weryfikacja i eksport' },
    of: 'organization',
  },
  'place:read': { title: { en: 'See places', pl: 'Wgląd w miejsca' }, of: 'place' },
  'place:write': {
    title: { en: 'Create, change, move and delete places', pl: 'Tworzenie, zmiana, przenoszenie i usuwanie miejsc' },
    of: 'place',
  },
  'command:read': { title: { en: 'See commands', pl: 'Wgląd w polecenia' }, of: 'place' },
  'command:send': { title: { en: 'Send and cancel commands', pl: 'Wysyłanie i anulowanie poleceń' }, of: 'place' },
  'command:approve': {
    title: { en: 'Approve commands of others', pl: 'Zatwierdzanie cudzych poleceń' },
    of: 'place',
  },
  'device:read': { title: { en: 'See devices', pl: 'Wgląd w urządzenia' }, of: 'place' },
  'device:write': {
    title: { en: 'Create, change and delete devices', pl: 'Tworzenie, zmiana i usuwanie urządzeń' },
    of: 'place',
  },
  'device:credential': {
    title: { en: 'Make and rotate device tokens', pl: 'Wydawanie i wymiana tokenów urządzeń' },
    of: 'place',
  },
  'enrollment:read': {
    title: { en: 'See enrolment tokens', pl: 'Wgląd w tokeny rejestracji' },
    of: 'place',
  },
  'enrollment:write': {
    title: {
      en: 'Make, change and revoke enrolment tokens',
      pl: 'Tworzenie, zmiana i odwoływanie tokenów rejestracji',
    },
    of: 'place',
  },
  'telemetry:read': {
    title: { en: 'Read measured values, events and the ledger', pl: 'Odczyt pomiarów, zdarzeń i bilansu' },
    of: 'place',
  },
  // of the ready-made roles only the owner's has it
  'installation:own': {
    title: {
      en: 'Own the installation: make, disable and enable organizations',
      pl: 'Własność instalacji: tworzenie, blokowanie i odblokowywanie organizacji',
    },
    of: 'installation',
  },
  'system:read': {
    title: { en: 'See health, figures and metrics of the installation', pl: 'Wgląd w stan i liczby instalacji' },
    of: 'installation',
  },
} as const satisfies Record<Permission, PermissionDefinition>;
