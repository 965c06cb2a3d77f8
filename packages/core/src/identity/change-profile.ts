import type { User } from '@muster/contract/identity';
import type { Outbox } from '../mail/index.ts';
import { audit } from '../platform/audit.ts';
import { tell } from '../platform/bus.ts';
import { type Db, inOrganization } from '../platform/db/store.ts';
import { tellBothAddresses } from './mail-links/moved.ts';
import type { PersonContext } from './sessions.ts';
import { explain } from './users/create.ts';
import { readPersonRow, viewPerson } from './users/view.ts';

export interface ProfileChange {
  name?: string;
  email?: string;
}

/**
 * What somebody may change about himself: how he is called and where mail reaches him. His user name and his rights are not his
 * to change.
 * @throws MusterError `conflict` for an address that somebody else of the organization has
 */
export const changeProfile = (db: Db, ctx: PersonContext, change: ProfileChange, outbox: Outbox): Promise<User> =>
  inOrganization(db, ctx, async (inside) => {
    const { id } = ctx.user;
    const before = await readPersonRow(inside, id);
    const isMoved = change.email !== undefined && change.email !== before.email;
    await inside.db
      .updateTable('users')
      .set({
        name: change.name?.trim() ?? before.name,
        email: change.email ?? before.email,
        version: before.version + 1,
        ...(isMoved ? { email_verified_at: null } : {}),
      })
      .where('id', '=', id)
      .execute()
      .catch(explain);
    const after = await readPersonRow(inside, id);
    if (isMoved) await tellBothAddresses(inside, before, after, outbox);
    await tell(inside, { kind: 'access.changed', organizationId: ctx.organizationId, of: id });
    const details = { before: viewPerson(before), after: viewPerson(after) };
    await audit(inside, { action: 'auth.profile_changed', object: `user:${id}`, details });
    return { ...ctx.user, name: after.name, email: after.email, emailVerified: after.email_verified };
  });
