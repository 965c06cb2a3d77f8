import type { Role } from '@muster/contract/access';
import type { Permission } from '@muster/contract/permissions';
import type { Context, TransactionContext } from '../platform/context.ts';
import { type Db, isUniqueViolation } from '../platform/db/store.ts';
import { forbidden, invalid, taken } from '../platform/errors.ts';
import { mutation } from '../platform/mutation.ts';
import { newId } from '../platform/uuid.ts';
import type { AccessCatalogue } from './catalogue.ts';
import { type OwnRole, permissionsOfRole, readOwnRoles } from './grants.ts';
import { toOwnRole, viewOwnRole } from './view.ts';

export interface RoleFields {
  name: string;
  description?: string;
  parents?: string[];
  permissions?: string[];
  idleMinutes?: number;
}

/** @throws MusterError `invalid`, `conflict` when the name is taken, `forbidden` for a role that may more than its maker */
export const createRole = (db: Db, ctx: Context, input: RoleFields, catalogue: AccessCatalogue): Promise<Role> =>
  mutation(db, ctx, 'role:write', async (inside) => {
    const id = newId();
    const { parents = [], permissions = [], idleMinutes = null } = input;
    const own = await checkRole(inside, { id, parents, permissions, idleMinutes }, catalogue);
    const row = await inside.db
      .insertInto('roles')
      .values({
        id,
        organization_id: ctx.organizationId,
        name: input.name.trim(),
        description: input.description ?? '',
        parents,
        permissions,
        idle_minutes: idleMinutes,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
      .catch(explain);
    own.set(id, toOwnRole(row));
    const role = viewOwnRole(row, 0, catalogue, own);
    return [role, { action: 'role.created', object: `role:${id}`, details: { after: role } }];
  });

/**
 * Parents and permissions are there, parents make no circle, and nobody makes a role that may more than he does himself.
 * @returns the organization's roles with the checked one among them
 */
export async function checkRole(
  ctx: TransactionContext,
  role: OwnRole,
  catalogue: AccessCatalogue,
): Promise<Map<string, OwnRole>> {
  const own = await readOwnRoles(ctx.db, ctx.organizationId);
  for (const [index, permission] of role.permissions.entries()) {
    if (catalogue.permissions.has(permission as Permission)) continue;
    throw invalid('There is no such permission.', [{ path: `/permissions/${index}`, message: 'is not known' }]);
  }
  for (const [index, parent] of role.parents.entries()) {
    const path = `/parents/${index}`;
    if (!catalogue.roles.has(parent) && !own.has(parent)) {
      throw invalid('There is no such role.', [{ path, message: 'is not a role of this organization' }]);
    }
    if (parent === role.id || ancestorsOf(parent, own).has(role.id)) {
      throw invalid('A role can not be its own parent.', [
        { path, message: 'is the role itself, or has it as a parent' },
      ]);
    }
  }
  own.set(role.id, role);
  const { operates } = await ctx.db.selectFrom('organizations').select('operates').executeTakeFirstOrThrow();
  for (const permission of permissionsOfRole(role.id, catalogue, own)) {
    const givesNothing = catalogue.permissions.get(permission)?.of === 'installation' && !operates;
    if (givesNothing || ctx.grants.get(permission) === 'everywhere') continue;
    throw forbidden(`You can not give a permission that you do not have yourself: ${permission}.`);
  }
  return own;
}

function ancestorsOf(id: string, own: ReadonlyMap<string, OwnRole>, found = new Set<string>()): Set<string> {
  for (const parent of own.get(id)?.parents ?? []) {
    if (found.has(parent)) continue;
    found.add(parent);
    ancestorsOf(parent, own, found);
  }
  return found;
}

/** Says in words what the table refused. */
export function explain(error: unknown): never {
  if (isUniqueViolation(error)) throw taken('There is a role of this name already.', '/name');
  throw error;
}
