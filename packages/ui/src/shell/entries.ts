import type { Permission } from '@muster/contract/permissions';
import { useSession } from '../api/session.tsx';
import type { IconName } from './icons.tsx';

interface Entry {
  name: 'overview' | 'fleet' | 'administration';
  to: '/' | '/fleet' | '/administration';
  icon: IconName;
  permission: Permission;
  /** Beginnings of the addresses that belong to it. */
  owns: readonly string[];
}

const entries: readonly Entry[] = [
  { name: 'overview', to: '/', icon: 'overview', permission: 'device:read', owns: [] },
  { name: 'fleet', to: '/fleet', icon: 'fleet', permission: 'device:read', owns: ['/fleet', '/devices'] },
  {
    name: 'administration',
    to: '/administration',
    icon: 'administration',
    permission: 'organization:read',
    owns: ['/administration'],
  },
];

/** The pages that the signed-in person may open. */
export const useEntries = (): readonly Entry[] => {
  const { user } = useSession();
  return entries.filter((entry) => user?.permissions.includes(entry.permission));
};

/** Does an address belong to an entry? */
export const isInside = ({ to, owns }: Entry, pathname: string): boolean =>
  pathname === to || owns.some((start) => pathname === start || pathname.startsWith(`${start}/`));
