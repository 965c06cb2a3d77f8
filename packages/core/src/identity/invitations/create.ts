import type { Invitation } from '@muster/contract/invitations';
import type { Language } from '@muster/contract/schema';
import { sql } from 'kysely';
import type { AccessCatalogue } from '../../access/index.ts';
import { isReachable, type Outbox } from '../../mail/index.ts';
import type { Context } from '../../platform/context.ts';
import { type Db, isUniqueViolation } from '../../platform/db/store.ts';
import { conflict, forbidden, invalid } from '../../platform/errors.ts';
import { mutation } from '../../platform/mutation.ts';
import { newId } from '../../platform/uuid.ts';
import { checkRoles, type WantedRole } from '../users/assign-roles.ts';
import { makeLink, postInvitation, requireMail } from './link.ts';

export interface NewInvitation {
  email: string;
  roles?: WantedRole[];
  language?: Language;
}

/**
 * Invites somebody by mail. What he will hold is bound to who invites: a person, who may it now and when it is accepted.
 * @throws MusterError `invalid`, `forbidden`, `conflict` for an address that is known or invited already, `too_many`
 */
export const createInvitation = (
  db: Db,
  ctx: Context,
  { email, roles: wanted = [], language = 'en' }: NewInvitation,
  catalogue: AccessCatalogue,
  outbox: Outbox,
): Promise<Invitation> =>
  mutation(db, ctx, 'user:write', async (inside) => {
    const { actor, organizationId } = ctx;
    if (actor.kind !== 'user') throw forbidden('Only a person may invite another one.');
    requireMail(outbox);
    if (!isReachable(email)) {
      throw invalid('No mail can reach this address.', [{ path: '/email', message: 'can not be reached' }]);
    }
    await checkRoles(inside, wanted, catalogue);
    const { rows } = await sql`select from users where lower(email) = lower(${email})`.execute(inside.db);
    if (rows.length > 0) throw conflict('There is a person of this mail address already.');
    const roles = wanted.map(({ role, placeId = null, deviceId = null }) => ({ role, placeId, deviceId }));
    const id = newId();
    const { token, row } = makeLink();
    await inside.db
      .insertInto('invitations')
      .values({
        id,
        organization_id: organizationId,
        email,
        language,
        roles: JSON.stringify(roles),
        invited_by: actor.id,
        ...row,
      })
      .execute()
      .catch((error) => {
        if (!isUniqueViolation(error)) throw error;
        throw conflict('There is an invitation to this mail address already. Send it again, or revoke it.');
      });
    const invitation = await postInvitation(inside, id, token, outbox);
    return [invitation, { action: 'invitation.created', object: `invitation:${id}`, details: { after: invitation } }];
  });
