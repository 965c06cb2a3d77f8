import type { Role } from '@muster/contract/access';
import type { Selectable } from 'kysely';
import type { DB } from '../platform/db/types.ts';
import type { AccessCatalogue } from './catalogue.ts';
import { type OwnRole, permissionsOfRole, SHORTEST_IDLE_MINUTES } from './grants.ts';

export type RoleRow = Selectable<DB['roles']>;

export const toOwnRole = (row: RoleRow): OwnRole => ({
  id: row.id,
  parents: row.parents,
  permissions: row.permissions,
  idleMinutes: row.idle_minutes,
});

export function viewOwnRole(
  row: RoleRow,
  people: number,
  catalogue: AccessCatalogue,
  own: ReadonlyMap<string, OwnRole>,
): Role {
  return {
    id: row.id,
    name: row.name,
    titles: {},
    description: row.description,
    descriptions: {},
    builtIn: false,
    solution: null,
    parents: row.parents,
    permissions: row.permissions,
    effective: [...permissionsOfRole(row.id, catalogue, own)],
    idleMinutes: row.idle_minutes ?? SHORTEST_IDLE_MINUTES,
    people,
    version: row.version,
  };
}

/** Roles that come along never change: their version is always the first. */
export const viewBuiltInRoles = (catalogue: AccessCatalogue, people: ReadonlyMap<string, number>): Role[] =>
  [...catalogue.roles.values()].map(({ id, title, description, idleMinutes, solution }) => {
    const permissions = [...(catalogue.permissionsOf(id) ?? [])];
    return {
      id,
      name: title.en,
      titles: title,
      description: description.en,
      descriptions: description,
      builtIn: true,
      solution,
      parents: [],
      permissions,
      effective: permissions,
      idleMinutes,
      people: people.get(id) ?? 0,
      version: 1,
    };
  });
