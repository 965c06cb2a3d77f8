import type { Permission } from './permissions.ts';
import type { Text } from './text.ts';

/** A role that comes with Muster or a solution: data that nobody changes at run time. Organizations make their own beside them. */
export interface BuiltInRole {
  /** `owner`, or `solution.kebab-name`. */
  id: string;
  title: Text;
  description: Text;
  /** `all`: every permission there is, those of solutions too. */
  permissions: 'all' | readonly Permission[];
  /** A session ends after so many minutes without a request. Of several roles the shortest counts. */
  idleMinutes: number;
}

/** What whoever works with devices sees. */
export const viewing = ['organization:read', 'place:read', 'device:read', 'telemetry:read', 'command:read'] as const;

/** The core's roles, from all to little. */
export const coreRoles: readonly BuiltInRole[] = [
  {
    id: 'owner',
    title: { en: 'Owner', pl: 'Właściciel' },
    description: {
      en: 'May do everything; only an owner makes another one.',
      pl: 'Może wszystko; tylko właściciel mianuje innego właściciela.',
    },
    permissions: 'all',
    idleMinutes: 60,
  },
  {
    id: 'administrator',
    title: { en: 'Administrator', pl: 'Administrator' },
    description: {
      en: 'Runs the organization: people, roles, places, devices.',
      pl: 'Prowadzi organizację: osoby, role, miejsca, urządzenia.',
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
      'identity-provider:read',
      'identity-provider:write',
      'audit:read',
      'place:write',
      'device:write',
      'device:credential',
      'command:send',
      'command:approve',
      'enrollment:read',
      'enrollment:write',
      'system:read',
    ],
    idleMinutes: 60,
  },
  {
    id: 'operator',
    title: { en: 'Operator', pl: 'Operator' },
    description: {
      en: 'Works with devices: sees them, changes what is written about them, and sends commands.',
      pl: 'Pracuje z urządzeniami: widzi je, zmienia ich opis i wysyła polecenia.',
    },
    permissions: [...viewing, 'device:write', 'command:send'],
    idleMinutes: 30,
  },
  {
    id: 'viewer',
    title: { en: 'Viewer', pl: 'Obserwator' },
    description: {
      en: 'Sees places, devices and values, and changes nothing.',
      pl: 'Widzi miejsca, urządzenia i pomiary, niczego nie zmienia.',
    },
    permissions: viewing,
    idleMinutes: 240,
  },
];
