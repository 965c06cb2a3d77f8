import type { Permission } from '@muster/contract/permissions';
import { sql, type Transaction } from 'kysely';
import { placeIdsBelow } from '../places/index.ts';
import type { Grants, Scope } from '../platform/context.ts';
import type { DB as Database } from '../platform/db/types.ts';
import type { AccessCatalogue } from './catalogue.ts';

/** A role that an organization made itself. */
export interface OwnRole {
  id: string;
  parents: readonly string[];
  permissions: readonly string[];
  idleMinutes: number | null;
}

/** A role that somebody holds, and where. */
export interface HeldRole {
  role: string;
  /** The place and all below it; null: no place was named. */
  places: readonly string[] | null;
  device: number | null;
}

/** What a person may, and how long a session may rest. */
export interface Held {
  grants: Grants;
  roles: readonly HeldRole[];
  idleMinutes: number;
}

/** Where no role says how long a session may rest. */
export const SHORTEST_IDLE_MINUTES = 30;

/**
 * What a role may with all of its parents. What nobody declares any more (a solution was taken out) is left out; a circle of
 * parents ends where it begins.
 */
export function permissionsOfRole(
  id: string,
  catalogue: AccessCatalogue,
  own: ReadonlyMap<string, OwnRole>,
  seen = new Set<string>(),
): Set<Permission> {
  if (seen.has(id)) return new Set();
  seen.add(id);
  const ready = catalogue.permissionsOf(id);
  if (ready) return new Set(ready);
  const role = own.get(id);
  const permissions = new Set<Permission>();
  for (const permission of role?.permissions ?? []) {
    if (catalogue.permissions.has(permission as Permission)) permissions.add(permission as Permission);
  }
  for (const parent of role?.parents ?? []) {
    for (const permission of permissionsOfRole(parent, catalogue, own, seen)) permissions.add(permission);
  }
  return permissions;
}

/**
 * Adds up roles: what one gives in a place, another may give everywhere.
 * @param operates their organization is the one that the installation was set up with
 */
export function addUp(
  held: readonly HeldRole[],
  catalogue: AccessCatalogue,
  own: ReadonlyMap<string, OwnRole>,
  operates: boolean,
): Held {
  const grants = new Map<Permission, Scope>();
  let idleMinutes = Number.POSITIVE_INFINITY;
  for (const { role, places, device } of held) {
    const everywhere = places === null && device === null;
    for (const permission of permissionsOfRole(role, catalogue, own)) {
      const of = catalogue.permissions.get(permission)?.of;
      if (of === 'installation' && !operates) continue;
      if (everywhere) grants.set(permission, 'everywhere');
      else if (of === 'place') {
        grants.set(permission, widen(grants.get(permission), places ?? [], device === null ? [] : [device]));
      }
    }
    const minutes = catalogue.roles.get(role)?.idleMinutes ?? own.get(role)?.idleMinutes;
    if (minutes) idleMinutes = Math.min(idleMinutes, minutes);
  }
  return { grants, roles: held, idleMinutes: Number.isFinite(idleMinutes) ? idleMinutes : SHORTEST_IDLE_MINUTES };
}

function widen(scope: Scope | undefined, places: readonly string[], devices: readonly number[]): Scope {
  if (scope === 'everywhere') return scope;
  return {
    places: [...new Set([...(scope?.places ?? []), ...places])],
    devices: [...new Set([...(scope?.devices ?? []), ...devices])],
  };
}

/** Does somebody who may `grants` lose nothing to somebody who may `others`? Nobody gives away more than he has. */
export const covers = (grants: Grants, others: Grants): boolean =>
  [...others].every(([permission, wanted]) => {
    const scope = grants.get(permission);
    if (scope === undefined) return false;
    if (scope === 'everywhere') return true;
    if (wanted === 'everywhere') return false;
    return (
      wanted.places.every((place) => scope.places.includes(place)) &&
      wanted.devices.every((device) => scope.devices.includes(device))
    );
  });

/** Every role that an organization made itself. Under the role that finds out who calls, so the organization is said. */
export async function readOwnRoles(db: Transaction<Database>, organizationId: string): Promise<Map<string, OwnRole>> {
  const rows = await db
    .selectFrom('roles')
    .select(['id', 'parents', 'permissions', 'idle_minutes'])
    .where('organization_id', '=', organizationId)
    .execute();
  return new Map(
    rows.map(({ id, parents, permissions, idle_minutes }) => [
      id,
      { id, parents, permissions, idleMinutes: idle_minutes },
    ]),
  );
}

/** The roles that a person holds, each place with all below it. */
export async function readHeldRoles(
  db: Transaction<Database>,
  organizationId: string,
  userId: string,
): Promise<HeldRole[]> {
  const { rows } = await sql<HeldRole>`
    select a.role, a.device, ${placeIdsBelow('a.organization_id', 'a.place_id')} as places
    from role_assignments a where a.organization_id = ${organizationId} and a.user_id = ${userId}`.execute(db);
  return rows;
}

/** A role as the table of assignments has it. */
export interface RoleAssignment {
  role: string;
  place_id: string | null;
  device: number | null;
}

/** What somebody with these assignments would hold. */
export async function holdingOf(
  db: Transaction<Database>,
  organizationId: string,
  assignments: readonly RoleAssignment[],
): Promise<HeldRole[]> {
  const { rows } = await sql<HeldRole>`
    select a.role, a.device, ${placeIdsBelow('a.organization_id', 'a.place_id')} as places
    from (select role, place_id, device, ${organizationId}::uuid as organization_id
      from jsonb_to_recordset(${JSON.stringify(assignments)}::jsonb) as r (role text, place_id uuid, device integer)) a`.execute(
    db,
  );
  return rows;
}
