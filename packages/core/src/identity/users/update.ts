import type { Person } from '@muster/contract/users';
import type { AccessCatalogue } from '../../access/index.ts';
import type { Outbox } from '../../mail/index.ts';
import { tell } from '../../platform/bus.ts';
import type { Context, TransactionContext } from '../../platform/context.ts';
import type { Db } from '../../platform/db/store.ts';
import { stale } from '../../platform/errors.ts';
import { mutation } from '../../platform/mutation.ts';
import { endLinks, readerOf, sendLink } from '../mail-links/link.ts';
import { explain } from './create.ts';
import { lockOwners, refuseStronger, requireOwner } from './rights.ts';
import { type PersonRow, readPersonRow, viewPerson } from './view.ts';

export interface PersonChange {
  username?: string;
  email?: string;
  name?: string;
  status?: Person['status'];
}

/** Who is disabled loses his sessions at once. @throws MusterError `not_found`, `stale`, `forbidden`, `conflict` */
export const updateUser = (
  db: Db,
  ctx: Context,
  id: string,
  version: number,
  change: PersonChange,
  catalogue: AccessCatalogue,
  outbox: Outbox,
): Promise<Person> =>
  mutation(db, ctx, 'user:write', async (inside) => {
    await lockOwners(inside);
    const before = await readPersonRow(inside, id);
    if (before.version !== version) throw stale('person');
    await refuseStronger(inside, id, catalogue);
    const isMoved = change.email !== undefined && change.email !== before.email;
    await inside.db
      .updateTable('users')
      .set({
        username: change.username ?? before.username,
        email: change.email ?? before.email,
        name: change.name?.trim() ?? before.name,
        status: change.status ?? before.status,
        version: version + 1,
        ...(isMoved ? { email_verified_at: null } : {}),
      })
      .where('id', '=', id)
      .execute()
      .catch(explain);
    if (isMoved) await tellBoth(inside, before, await readPersonRow(inside, id), outbox);
    if (change.status === 'disabled') {
      await requireOwner(inside);
      await inside.db
        .updateTable('sessions')
        .set({ ended_at: new Date() })
        .where('user_id', '=', id)
        .where('ended_at', 'is', null)
        .execute();
    }
    await tell(inside, { kind: 'access.changed', organizationId: ctx.organizationId });
    const after = viewPerson(await readPersonRow(inside, id));
    return [after, { action: 'user.updated', object: `user:${id}`, details: { before: viewPerson(before), after } }];
  });

/** The old address hears of it, the new one is asked whether it is his; links that lie in the old one's mail end. */
async function tellBoth(ctx: TransactionContext, before: PersonRow, after: PersonRow, outbox: Outbox): Promise<void> {
  await endLinks(ctx, after.id);
  const [old, current] = [readerOf(before), readerOf(after)];
  await outbox.post(ctx, old, { kind: 'email-changed', email: after.email });
  await sendLink(ctx, current, 'verify-email', outbox);
}
