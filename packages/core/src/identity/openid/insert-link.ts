import type { TransactionContext } from '../../platform/context.ts';
import { newId } from '../../platform/uuid.ts';
import type { Claims } from './claims.ts';

/** Why nobody may come in: for the audit trail; the browser is told no more than that. */
export type Why =
  | 'unknown'
  | 'disabled'
  | 'email_not_verified'
  | 'domain'
  | 'may_more'
  | 'linked_otherwise'
  | 'email_taken'
  | 'role_gone';

/** Writes down whose account at a provider it is. @param by who said so: the person himself, or the provider by a mail address */
export async function insertLink(
  { db, organizationId }: TransactionContext,
  providerId: string,
  userId: string,
  { issuer, subject }: Claims,
  by: 'person' | 'provider',
): Promise<string> {
  const id = newId();
  await db
    .insertInto('openid_links')
    .values({
      id,
      organization_id: organizationId,
      provider_id: providerId,
      user_id: userId,
      issuer,
      subject,
      by_provider: by === 'provider',
    })
    .execute();
  return id;
}
