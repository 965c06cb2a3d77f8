import { type Permission, permissions } from '@muster/contract/permissions';

/** What the built-in roles may. The owner may everything. */
const roles: Record<string, ReadonlySet<Permission>> = {
  owner: new Set(Object.keys(permissions) as Permission[]),
};

export const permissionsOf = (role: string): ReadonlySet<Permission> => roles[role] ?? new Set();
