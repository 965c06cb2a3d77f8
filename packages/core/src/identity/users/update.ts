import type { Person } from '@muster/contract/users';
import type { AccessCatalogue } from '../../access/index.ts';
import type { Outbox } from '../../mail/index.ts';
import { tell } from '../../platform/bus.ts';
import type { Context } from '../../platform/context.ts';
import type { Db } from '../../platform/db/store.ts';
import { stale } from '../../platform/errors.ts';
import { mutation } from '../../platform/mutation.ts';
import { tellBothAddresses } from '../mail-links/moved.ts';
import { endSessionsOf } from '../own-sessions.ts';
import { explain } from './create.ts';
import { lockOwners, refuseStronger, requireOwner } from './rights.ts';
import { readPersonRow, viewPerson } from './view.ts';

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
    if (isMoved) await tellBothAddresses(inside, before, await readPersonRow(inside, id), outbox);
    if (change.status === 'disabled') {
      await requireOwner(inside);
      await endSessionsOf(inside, id);
    }
    await tell(inside, { kind: 'access.changed', organizationId: ctx.organizationId, of: id });
    const after = viewPerson(await readPersonRow(inside, id));
    return [after, { action: 'user.updated', object: `user:${id}`, details: { before: viewPerson(before), after } }];
  });
