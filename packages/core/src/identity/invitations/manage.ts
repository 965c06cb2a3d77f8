import type { Invitation } from '@muster/contract/invitations';
import type { Outbox } from '../../mail/index.ts';
import type { Context } from '../../platform/context.ts';
import type { Db } from '../../platform/db/store.ts';
import { notFound } from '../../platform/errors.ts';
import { mutation, reading } from '../../platform/mutation.ts';
import { makeLink, postInvitation, requireMail } from './link.ts';
import { readInvitation, readInvitations } from './view.ts';

/** Who was invited and has not come yet. */
export const listInvitations = (db: Db, ctx: Context): Promise<{ items: Invitation[] }> =>
  reading(db, ctx, 'user:read', async (inside) => ({ items: await readInvitations(inside) }));

/** Sends it again, with a link that ends the older one. @throws MusterError `not_found`, `conflict` where no mail is sent, `too_many` */
export const sendInvitation = (db: Db, ctx: Context, id: string, outbox: Outbox): Promise<Invitation> =>
  mutation(db, ctx, 'user:write', async (inside) => {
    const { token, row } = makeLink();
    const { numUpdatedRows } = await inside.db
      .updateTable('invitations')
      .set(row)
      .where('id', '=', id)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw notFound('invitation');
    requireMail(outbox);
    const invitation = await postInvitation(inside, id, token, outbox);
    return [
      invitation,
      { action: 'invitation.sent', object: `invitation:${id}`, details: { email: invitation.email } },
    ];
  });

/** Its link ends at once. @throws MusterError `not_found` */
export const revokeInvitation = (db: Db, ctx: Context, id: string, outbox: Outbox): Promise<void> =>
  mutation(db, ctx, 'user:write', async (inside) => {
    const before = await readInvitation(inside, id);
    await inside.db.deleteFrom('invitations').where('id', '=', id).execute();
    await outbox.withdraw(inside, 'invitation', before.email);
    return [undefined, { action: 'invitation.revoked', object: `invitation:${id}`, details: { before } }];
  });
