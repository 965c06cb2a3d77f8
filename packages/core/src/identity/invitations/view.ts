import type { Assignment } from '@muster/contract/access';
import type { Invitation } from '@muster/contract/invitations';
import { sql } from 'kysely';
import { languageOf } from '../../mail/index.ts';
import type { TransactionContext } from '../../platform/context.ts';
import { notFound } from '../../platform/errors.ts';

interface InvitationRow {
  id: string;
  email: string;
  language: string;
  roles: Assignment[];
  invited_by: string;
  created_at: Date;
  sent_at: Date;
  expires_at: Date;
  mail: Invitation['mail'];
  fault: string | null;
}

/** Invitations with the name of who invited and what became of the newest letter, to be followed by a condition on `i`. */
const invitations = sql`
  select i.id, i.email, i.language, i.roles, coalesce(nullif(u.name, ''), u.username) as invited_by, i.created_at, i.sent_at, i.expires_at,
    coalesce(m.state, 'waiting') as mail, m.fault
  from invitations i join users u on u.id = i.invited_by
    left join lateral (select state, fault from mails where kind = 'invitation' and address = i.email order by id desc limit 1) m on true`;

const viewInvitation = (row: InvitationRow): Invitation => ({
  id: row.id,
  email: row.email,
  language: languageOf(row.language),
  roles: row.roles,
  invitedBy: row.invited_by,
  createdAt: row.created_at.toISOString(),
  sentAt: row.sent_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
  mail: row.mail,
  fault: row.fault,
});

/** The newest first. */
export async function readInvitations({ db }: TransactionContext): Promise<Invitation[]> {
  const { rows } = await sql<InvitationRow>`${invitations} order by i.id desc`.execute(db);
  return rows.map(viewInvitation);
}

/** @throws MusterError `not_found` */
export async function readInvitation({ db }: TransactionContext, id: string): Promise<Invitation> {
  const { rows } = await sql<InvitationRow>`${invitations} where i.id = ${id}`.execute(db);
  if (!rows[0]) throw notFound('invitation');
  return viewInvitation(rows[0]);
}
