import { sql } from 'kysely';
import type { AccessCatalogue } from '../../access/index.ts';
import type { Outbox } from '../../mail/index.ts';
import { tell } from '../../platform/bus.ts';
import type { Context, TransactionContext } from '../../platform/context.ts';
import type { Db } from '../../platform/db/store.ts';
import { notFound } from '../../platform/errors.ts';
import { mutation } from '../../platform/mutation.ts';
import { readReader } from '../mail-links/link.ts';
import { endSessionsOf } from '../own-sessions.ts';
import { lockOwners, refuseOneself, refuseStronger } from './rights.ts';
import { readPersonRow } from './view.ts';

/**
 * Takes authenticator, passkeys and backup codes from somebody who lost them, on behalf of whoever may do no less than he. Every
 * session ends: what was lost may be in other hands. A password that was enough only beside the authenticator must be replaced.
 * @throws MusterError `not_found` for a person without a second factor too, `forbidden`
 */
export async function removeSecondFactor(
  db: Db,
  ctx: Context,
  id: string,
  catalogue: AccessCatalogue,
  outbox: Outbox,
): Promise<void> {
  refuseOneself(ctx, id);
  return mutation(db, ctx, 'user:write', async (inside) => {
    await lockOwners(inside);
    const { authenticator, passkeys } = await readPersonRow(inside, id);
    await refuseStronger(inside, id, catalogue);
    if (!authenticator && passkeys === 0) throw notFound('second factor');
    const reader = await readReader(inside, id);
    await deleteFactors(inside, id);
    await inside.db
      .updateTable('users')
      .set({
        must_change_password: sql`must_change_password or short_password`,
        version: sql`version + 1`,
      })
      .where('id', '=', id)
      .execute();
    await endSessionsOf(inside, id);
    await outbox.post(inside, reader, { kind: 'second-factor-removed' });
    await tell(inside, { kind: 'access.changed', organizationId: ctx.organizationId, of: id });
    const details = { authenticator, passkeys };
    return [undefined, { action: 'user.second_factor_removed', object: `user:${id}`, details }];
  });
}

/** Everything with which somebody proves himself beside the password. */
export async function deleteFactors({ db }: TransactionContext, userId: string): Promise<void> {
  for (const table of ['second_factors', 'passkeys', 'backup_codes'] as const)
    await db.deleteFrom(table).where('user_id', '=', userId).execute();
}
