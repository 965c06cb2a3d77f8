import {
  permissions as corePermissions,
  type Permission,
  type PermissionDefinition,
} from '@muster/contract/permissions';
import { type BuiltInRole, coreRoles } from '@muster/contract/roles';
import type { Solution } from '@muster/contract/solution';

/** Every permission and every ready-made role of this installation: the core's and those of its solutions. */
export interface AccessCatalogue {
  permissions: ReadonlyMap<Permission, PermissionDefinition & { solution: string | null }>;
  roles: ReadonlyMap<string, BuiltInRole & { solution: string | null }>;
  /** What a ready-made role may; undefined: there is none of this id. */
  permissionsOf(role: string): readonly Permission[] | undefined;
}

/** @throws RangeError for a role that names a permission nobody declares, or an id that stands twice: the server does not start */
export function createAccessCatalogue(solutions: readonly Solution[]): AccessCatalogue {
  const permissions = new Map<Permission, PermissionDefinition & { solution: string | null }>();
  const roles = new Map<string, BuiltInRole & { solution: string | null }>();
  const sources = [
    { solution: null, permissions: corePermissions as Record<Permission, PermissionDefinition>, roles: coreRoles },
    ...solutions.map(({ id, permissions = {}, roles = [] }) => ({ solution: id, permissions, roles })),
  ];
  for (const { solution, permissions: declared } of sources) {
    for (const [id, definition] of Object.entries(declared) as [Permission, PermissionDefinition][]) {
      if (permissions.has(id)) throw new RangeError(`The permission ${id} is declared twice.`);
      permissions.set(id, { ...definition, solution });
    }
  }
  for (const { solution, roles: offered } of sources) {
    for (const role of offered) {
      if (roles.has(role.id)) throw new RangeError(`The role ${role.id} is declared twice.`);
      const unknown = role.permissions === 'all' ? undefined : role.permissions.find((one) => !permissions.has(one));
      if (unknown) throw new RangeError(`The role ${role.id} names the permission ${unknown}, which nobody declares.`);
      roles.set(role.id, { ...role, solution });
    }
  }
  const all = [...permissions.keys()];
  return {
    permissions,
    roles,
    permissionsOf(id) {
      const role = roles.get(id);
      return role?.permissions === 'all' ? all : role?.permissions;
    },
  };
}
