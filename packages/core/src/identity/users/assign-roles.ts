import type { Person } from '@muster/contract/users';
import { sql } from 'kysely';
import { type AccessCatalogue, holdingOf, type RoleAssignment, readHeldRoles } from '../../access/index.ts';
import { tell } from '../../platform/bus.ts';
import type { Context, TransactionContext } from '../../platform/context.ts';
import type { Db } from '../../platform/db/store.ts';
import { invalid, stale } from '../../platform/errors.ts';
import { mutation } from '../../platform/mutation.ts';
import { isId } from '../../platform/uuid.ts';
import { lockOwners, refuseMoreThanOwn, refuseStronger, requireOwner } from './rights.ts';
import { readPersonRow, viewPerson } from './view.ts';

/** A role as it is asked for: without a place and a device it holds in the whole organization. */
export interface WantedRole {
  role: string;
  placeId?: string | null;
  deviceId?: string | null;
}

/** Replaces the roles of a person; open pages and streams notice at once. @throws MusterError `not_found`, `stale`, `invalid`, `forbidden`, `conflict` for the last owner */
export const assignRoles = (
  db: Db,
  ctx: Context,
  id: string,
  version: number,
  wanted: readonly WantedRole[],
  catalogue: AccessCatalogue,
): Promise<Person> =>
  mutation(db, ctx, 'user:write', async (inside) => {
    await lockOwners(inside);
    const before = await readPersonRow(inside, id);
    if (before.version !== version) throw stale('person');
    await refuseStronger(inside, id, catalogue);
    await inside.db.deleteFrom('role_assignments').where('user_id', '=', id).execute();
    await giveRoles(inside, id, wanted, catalogue);
    await inside.db
      .updateTable('users')
      .set({ version: version + 1 })
      .where('id', '=', id)
      .execute();
    await requireOwner(inside);
    await tell(inside, { kind: 'access.changed', organizationId: ctx.organizationId, of: id });
    const after = viewPerson(await readPersonRow(inside, id));
    const details = { before: before.roles, after: after.roles };
    return [after, { action: 'user.roles_assigned', object: `user:${id}`, details }];
  });

/** Gives roles to a person who has none. @throws MusterError `invalid`, `forbidden` for more than the caller may himself */
export async function giveRoles(
  ctx: TransactionContext,
  userId: string,
  wanted: readonly WantedRole[],
  catalogue: AccessCatalogue,
): Promise<void> {
  for (const assignment of await findAssignments(ctx, wanted, catalogue)) {
    await ctx.db
      .insertInto('role_assignments')
      .values({ organization_id: ctx.organizationId, user_id: userId, ...assignment })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  await refuseMoreThanOwn(ctx, await readHeldRoles(ctx.db, ctx.organizationId, userId), catalogue);
}

/** Could the caller give these roles? For a person who is not there yet. @throws MusterError `invalid`, `forbidden` */
export async function checkRoles(
  ctx: TransactionContext,
  wanted: readonly WantedRole[],
  catalogue: AccessCatalogue,
): Promise<void> {
  const assignments = await findAssignments(ctx, wanted, catalogue);
  await refuseMoreThanOwn(ctx, await holdingOf(ctx.db, ctx.organizationId, assignments), catalogue);
}

/** The roles as rows of the table. @throws MusterError `invalid` for what is not of this organization */
async function findAssignments(
  ctx: TransactionContext,
  wanted: readonly WantedRole[],
  catalogue: AccessCatalogue,
): Promise<RoleAssignment[]> {
  const assignments: RoleAssignment[] = [];
  for (const [index, one] of wanted.entries()) {
    const path = `/roles/${index}`;
    if (one.placeId && one.deviceId) {
      throw invalid('A role holds in a place or for a device, not both.', [
        { path, message: 'names a place and a device' },
      ]);
    }
    await requireRole(ctx, one.role, `${path}/role`, catalogue);
    const { rows } = await sql<{ place: boolean; device: number | null }>`
      select ${one.placeId ?? null}::uuid is null or exists (select from places where id = ${one.placeId ?? null}) as place,
        (select number from devices where device_id = ${one.deviceId ?? null}) as device`.execute(ctx.db);
    const { place, device } = rows[0] as { place: boolean; device: number | null };
    if (!place)
      throw invalid('There is no such place.', [
        { path: `${path}/placeId`, message: 'is no place of this organization' },
      ]);
    if (one.deviceId && device === null) {
      throw invalid('There is no such device.', [
        { path: `${path}/deviceId`, message: 'is no device of this organization' },
      ]);
    }
    assignments.push({ role: one.role, place_id: one.placeId ?? null, device });
  }
  return assignments;
}

/** A role that is there, and stays there until the end of the transaction. @throws MusterError `invalid` */
export async function requireRole(
  ctx: TransactionContext,
  role: string,
  path: string,
  catalogue: AccessCatalogue,
): Promise<void> {
  if (catalogue.roles.has(role)) return;
  const row = isId(role)
    ? await ctx.db.selectFrom('roles').select('id').where('id', '=', role).forShare().executeTakeFirst()
    : undefined;
  if (!row) throw invalid('There is no such role.', [{ path, message: 'is no role of this organization' }]);
}
