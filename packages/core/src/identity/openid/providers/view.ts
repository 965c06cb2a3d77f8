import type { IdentityProvider } from '@muster/contract/openid';
import type { Selectable } from 'kysely';
import type { TransactionContext } from '../../../platform/context.ts';
import type { DB } from '../../../platform/db/types.ts';
import { notFound } from '../../../platform/errors.ts';

type ProviderRow = Selectable<DB['identity_providers']>;

/** @throws MusterError `not_found` */
export async function readProvider({ db }: TransactionContext, id: string): Promise<ProviderRow> {
  const row = await db.selectFrom('identity_providers').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row) throw notFound('identity provider');
  return row;
}

export const viewProvider = (row: ProviderRow, redirectUri: string): IdentityProvider => ({
  id: row.id,
  name: row.name,
  issuer: row.issuer,
  clientId: row.client_id,
  hasSecret: row.client_secret !== null,
  scopes: row.scopes,
  enabled: row.enabled,
  linkByEmail: row.link_by_email,
  createPeople: row.create_people,
  role: row.role,
  mailDomains: row.mail_domains,
  trustsSecondFactor: row.trusts_second_factor,
  redirectUri,
  createdAt: row.created_at.toISOString(),
  version: row.version,
});
