import type { Role } from '@muster/contract/access';
import { tell } from '../platform/bus.ts';
import type { Context, TransactionContext } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { conflict, notFound, stale } from '../platform/errors.ts';
import { mutation } from '../platform/mutation.ts';
import { isId } from '../platform/uuid.ts';
import type { AccessCatalogue } from './catalogue.ts';
import { checkRole, explain, type RoleFields } from './create-role.ts';
import { countPeople } from './list-roles.ts';
import { type RoleRow, toOwnRole, viewOwnRole } from './view.ts';

/** What it changes holds for everybody who has the role, at once. @throws MusterError `not_found`, `conflict`, `stale`, `invalid`, `forbidden` */
export const updateRole = (
  db: Db,
  ctx: Context,
  id: string,
  version: number,
  change: Partial<RoleFields>,
  catalogue: AccessCatalogue,
): Promise<Role> =>
  mutation(db, ctx, 'role:write', async (inside) => {
    const before = await readOwnRole(inside, id, catalogue);
    if (before.version !== version) throw stale('role');
    // neither what it gave nor what it will give may be more than the changer has
    await checkRole(inside, toOwnRole(before), catalogue);
    const next = {
      ...before,
      name: change.name?.trim() ?? before.name,
      description: change.description ?? before.description,
      parents: change.parents ?? before.parents,
      permissions: change.permissions ?? before.permissions,
      idle_minutes: change.idleMinutes ?? before.idle_minutes,
    };
    const own = await checkRole(inside, toOwnRole(next), catalogue);
    const { name, description, parents, permissions, idle_minutes } = next;
    const row = await inside.db
      .updateTable('roles')
      .set({ name, description, parents, permissions, idle_minutes, version: version + 1 })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
      .catch(explain);
    await tell(inside, { kind: 'access.changed', organizationId: ctx.organizationId });
    const people = (await countPeople(inside)).get(id) ?? 0;
    const view = (of: RoleRow) => viewOwnRole(of, people, catalogue, own);
    const details = { before: { ...view(before), effective: undefined }, after: view(row) };
    return [view(row), { action: 'role.updated', object: `role:${id}`, details }];
  });

/** A role of the organization, held until the end of the transaction. @throws MusterError `not_found`, `conflict` */
export async function readOwnRole(ctx: TransactionContext, id: string, catalogue: AccessCatalogue): Promise<RoleRow> {
  if (catalogue.roles.has(id))
    throw conflict('A role that comes with Muster can not be changed. Make your own with it as parent.');
  if (!isId(id)) throw notFound('role');
  const row = await ctx.db.selectFrom('roles').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row) throw notFound('role');
  return row;
}
