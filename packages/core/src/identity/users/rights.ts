import {
  type AccessCatalogue,
  addUp,
  covers,
  type Held,
  type HeldRole,
  readHeldRoles,
  readOwnRoles,
} from '../../access/index.ts';
import type { Context, TransactionContext } from '../../platform/context.ts';
import { conflict, forbidden } from '../../platform/errors.ts';

/** What a person holds now. */
export async function readHeld(ctx: TransactionContext, userId: string, catalogue: AccessCatalogue): Promise<Held> {
  return addUpHere(ctx, await readHeldRoles(ctx.db, ctx.organizationId, userId), catalogue);
}

/** Roles of an active person that hold in the whole organization. */
export async function readRolesEverywhere({ db }: TransactionContext, userId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('role_assignments')
    .innerJoin('users', 'users.id', 'role_assignments.user_id')
    .select('role_assignments.role')
    .where('role_assignments.user_id', '=', userId)
    .where('users.status', '=', 'active')
    .where('role_assignments.place_id', 'is', null)
    .where('role_assignments.device', 'is', null)
    .orderBy('role_assignments.role')
    .execute();
  return rows.map(({ role }) => role);
}

/** What roles give in the organization of the context. */
export async function addUpHere(
  ctx: TransactionContext,
  held: readonly HeldRole[],
  catalogue: AccessCatalogue,
): Promise<Held> {
  const own = await readOwnRoles(ctx.db, ctx.organizationId);
  const { operates } = await ctx.db.selectFrom('organizations').select('operates').executeTakeFirstOrThrow();
  return addUp(held, catalogue, own, operates);
}

/** Nobody gives roles that may more than he does himself. @throws MusterError `forbidden` */
export async function refuseMoreThanOwn(
  ctx: TransactionContext,
  held: readonly HeldRole[],
  catalogue: AccessCatalogue,
): Promise<void> {
  const { grants } = await addUpHere(ctx, held, catalogue);
  if (!covers(ctx.grants, grants)) throw forbidden('You can not give a role that may more than you do.');
}

/** An administrator changes no owner: whoever may more is out of reach. @throws MusterError `forbidden` */
export async function refuseStronger(
  ctx: TransactionContext,
  userId: string,
  catalogue: AccessCatalogue,
): Promise<void> {
  const { grants } = await readHeld(ctx, userId, catalogue);
  if (!covers(ctx.grants, grants)) throw forbidden('This person may more than you do.');
}

/** What proves somebody is changed by himself with what he knows and has, and by nobody's permission. @throws MusterError `forbidden` */
export function refuseOneself({ actor }: Context, userId: string): void {
  if (actor.kind === 'user' && actor.id === userId) throw forbidden('Do this for yourself in your own profile.');
}

/** Makes changes of owners wait for each other, so that two of them can not each remove the last but one. */
export const lockOwners = ({ db, organizationId }: TransactionContext) =>
  db.selectFrom('organizations').select('id').where('id', '=', organizationId).forUpdate().executeTakeFirst();

/** To be called after the change, in its transaction. @throws MusterError `conflict` when no active owner is left */
export async function requireOwner({ db }: TransactionContext): Promise<void> {
  const owner = await db
    .selectFrom('role_assignments')
    .innerJoin('users', 'users.id', 'role_assignments.user_id')
    .select('users.id')
    .where('role_assignments.role', '=', 'owner')
    .where('role_assignments.place_id', 'is', null)
    .where('role_assignments.device', 'is', null)
    .where('users.status', '=', 'active')
    .executeTakeFirst();
  if (owner) return;
  throw conflict('An organization needs an owner who can sign in. Make another one first.', [
    { path: '', message: 'would leave no owner', code: 'last-owner' },
  ]);
}
