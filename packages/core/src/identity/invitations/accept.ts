import type { Assignment } from '@muster/contract/access';
import { sql } from 'kysely';
import type { AccessCatalogue } from '../../access/index.ts';
import { audit } from '../../platform/audit.ts';
import type { Context, TransactionContext } from '../../platform/context.ts';
import { type Db, inAuthentication, inOrganization } from '../../platform/db/store.ts';
import { conflict, MusterError } from '../../platform/errors.ts';
import { hashToken } from '../../platform/token.ts';
import { newId } from '../../platform/uuid.ts';
import { LONGEST_USER_AGENT } from '../account.ts';
import type { Caller } from '../caller.ts';
import { deadLink, slowly } from '../mail-links/link.ts';
import { readPasswordRules } from '../password-rules.ts';
import { checkNewPassword, hashPassword, passwordRule } from '../passwords.ts';
import { sourceOf, type Throttle } from '../throttle.ts';
import { giveRoles } from '../users/assign-roles.ts';
import { explain } from '../users/create.ts';
import { lockOwners, readHeld } from '../users/rights.ts';
import { readPersonRow, viewPerson } from '../users/view.ts';

export interface Acceptance {
  token: string;
  username: string;
  name?: string;
  password: string;
}

interface Invited {
  email: string;
  expires_at: Date;
  invited_by: string;
  organization_id: string;
  organization_number: number;
  organization_name: string;
  slug: string;
  password_classes: boolean;
}

/** What somebody is invited to. @throws MusterError `invalid` with the fault at `/token`, `too_many` */
export async function lookAtInvitation(db: Db, token: string, throttle: Throttle, { address }: Caller) {
  const {
    email,
    expires_at,
    invited_by,
    organization_name: name,
    slug,
    password_classes: classes,
  } = await slowly(throttle, token, address, () => findInvited(db, token));
  const rule = passwordRule({ secondFactor: false, classes });
  return {
    organization: { name, slug, passwordRule: rule },
    email,
    invitedBy: invited_by,
    expiresAt: expires_at.toISOString(),
  };
}

/**
 * Makes the person, whose address is verified by the link. The roles are those of the invitation, as far as who invited may still
 * give them: one that he may not give any more makes nobody.
 * @throws MusterError `invalid` with the fault at its field, `conflict` for a user name that is taken, `too_many`
 */
export async function acceptInvitation(
  db: Db,
  input: Acceptance,
  catalogue: AccessCatalogue,
  throttle: Throttle,
  caller: Caller,
) {
  const invited = await slowly(throttle, input.token, caller.address, () => findInvited(db, input.token));
  const id = newId();
  const ctx: Context = {
    organizationId: invited.organization_id,
    organizationSlug: invited.slug,
    organizationNumber: invited.organization_number,
    actor: { kind: 'user', id, name: input.username },
    grants: new Map(),
    requestId: caller.requestId,
    address: caller.address,
    userAgent: caller.userAgent.slice(0, LONGEST_USER_AGENT),
  };
  const rules = {
    ...(await readPasswordRules(db, ctx)),
    words: [input.username, invited.email, invited.slug, 'muster'],
  };
  await checkNewPassword(input.password, rules, '/password');
  const passwordHash = await hashPassword(input.password, sourceOf(caller.address));
  await inOrganization(db, ctx, async (inside) => {
    await lockOwners(inside);
    const invitation = await inside.db
      .deleteFrom('invitations')
      .where('hash', '=', hashToken(input.token))
      .where('expires_at', '>', new Date())
      .returningAll()
      .executeTakeFirst();
    if (!invitation) throw deadLink();
    await inside.db
      .insertInto('users')
      .values({
        id,
        organization_id: ctx.organizationId,
        username: input.username,
        email: invitation.email,
        email_verified_at: new Date(),
        language: caller.language ?? invitation.language,
        name: input.name?.trim() ?? '',
        password_hash: passwordHash,
      })
      .execute()
      .catch(explain);
    await giveAsInviter(inside, invitation.invited_by, id, invitation.roles as unknown as Assignment[], catalogue);
    const after = viewPerson(await readPersonRow(inside, id));
    const details = { after, invitation: invitation.id, invitedBy: invitation.invited_by };
    await audit(inside, { action: 'invitation.accepted', object: `user:${id}`, details });
  });
  return { username: input.username, organization: invited.slug };
}

/** Gives the roles with the rights that the inviter has now. @throws MusterError `conflict` when they are not enough any more */
async function giveAsInviter(
  ctx: TransactionContext,
  inviterId: string,
  userId: string,
  roles: readonly Assignment[],
  catalogue: AccessCatalogue,
): Promise<void> {
  const over = () =>
    conflict('This invitation does not hold any more. Ask for another one.', [
      { path: '/token', message: 'does not hold any more', code: 'invitation-over' },
    ]);
  const { status } = await ctx.db
    .selectFrom('users')
    .select('status')
    .where('id', '=', inviterId)
    .executeTakeFirstOrThrow();
  const { grants } = await readHeld(ctx, inviterId, catalogue);
  if (status !== 'active' || !grants.has('user:write')) throw over();
  await giveRoles({ ...ctx, grants }, userId, roles, catalogue).catch((error) => {
    throw error instanceof MusterError ? over() : error;
  });
}

async function findInvited(db: Db, token: string): Promise<Invited> {
  const invited = await inAuthentication(db, async (trx) => {
    const { rows } = await sql<Invited>`
      select i.email, i.expires_at, coalesce(nullif(u.name, ''), u.username) as invited_by,
        o.id as organization_id, o.number as organization_number, o.name as organization_name, o.slug, o.password_classes
      from invitations i join organizations o on o.id = i.organization_id and o.status = 'active' join users u on u.id = i.invited_by
      where i.hash = ${hashToken(token)} and i.expires_at > now()`.execute(trx);
    return rows[0];
  });
  if (!invited) throw deadLink();
  return invited;
}
