import { type AccessCatalogue, covers } from '../../access/index.ts';
import { grantEverywhere, type TransactionContext } from '../../platform/context.ts';
import { type Db, inAuthentication, inOrganization, isUniqueViolation } from '../../platform/db/store.ts';
import { mutation } from '../../platform/mutation.ts';
import { type Account, readAccount } from '../account.ts';
import type { Caller } from '../caller.ts';
import { addUpHere, readHeld, readRolesEverywhere } from '../users/rights.ts';
import type { Claims } from './claims.ts';
import { createPerson } from './create-person.ts';
import type { Exchanged } from './exchange.ts';
import { contextOfProvider, type Provider } from './find-provider.ts';
import { insertLink, type Why } from './insert-link.ts';

/** Somebody who may come in. */
export interface Admitted {
  account: Account;
  linkId: string;
}

export type Found = Admitted | { refused: Why; userId?: string };

/**
 * Whose account at a provider it is: the person it is linked to; else, where the provider is trusted so far, the person of its
 * verified mail address, or a new one.
 * @throws ExchangeFault
 */
export async function findPerson(
  db: Db,
  provider: Provider,
  { claims: { issuer, subject }, complete }: Exchanged,
  caller: Caller,
  catalogue: AccessCatalogue,
): Promise<Found> {
  const link = await inAuthentication(db, (trx) =>
    trx
      .selectFrom('openid_links')
      .select(['id', 'user_id', 'by_provider'])
      .where('organization_id', '=', provider.organizationId)
      .where('provider_id', '=', provider.id)
      .where('issuer', '=', issuer)
      .where('subject', '=', subject)
      .executeTakeFirst(),
  );
  if (link) {
    const { id, user_id: userId, by_provider: byProvider } = link;
    const admitted = await admit(db, userId, id);
    if (!byProvider || 'refused' in admitted) return admitted;
    return (await mayMore(db, provider, userId, caller, catalogue)) ? { refused: 'may_more', userId } : admitted;
  }
  if (!provider.linkByEmail && !provider.createPeople) return { refused: 'unknown' };
  const claims = await complete();
  const { email } = claims;
  if (email === undefined) return { refused: 'email_not_verified' };
  const domain = email.slice(email.lastIndexOf('@') + 1);
  if (provider.mailDomains.length > 0 && !provider.mailDomains.includes(domain)) return { refused: 'domain' };
  const known = await inAuthentication(db, (trx) =>
    trx
      .selectFrom('users')
      .select(['id', 'status'])
      .where('organization_id', '=', provider.organizationId)
      .where(({ fn, ref }) => fn('lower', [ref('email')]), '=', email)
      .executeTakeFirst(),
  );
  if (known) {
    if (!provider.linkByEmail) return { refused: 'email_taken', userId: known.id };
    if (known.status !== 'active') return { refused: 'disabled', userId: known.id };
    return linkByEmail(db, provider, claims, known.id, caller, catalogue);
  }
  if (!provider.createPeople) return { refused: 'unknown' };
  const made = await createPerson(db, provider, claims, email, caller, catalogue);
  return 'refused' in made ? made : admit(db, made.userId, made.linkId);
}

async function admit(db: Db, userId: string, linkId: string): Promise<Found> {
  const account = await inAuthentication(db, (trx) => readAccount(trx, userId));
  if (account?.status !== 'active') return { refused: 'disabled', userId };
  return { account, linkId };
}

/** Did somebody whom the provider itself linked or made come to more than whoever configured it had? No door makes an owner. */
const mayMore = (db: Db, provider: Provider, userId: string, caller: Caller, catalogue: AccessCatalogue) =>
  inOrganization(
    db,
    contextOfProvider(provider, caller),
    async (inside) => !(await reaches(inside, provider.reach, userId, catalogue)),
  );

async function reaches(
  inside: TransactionContext,
  roles: readonly string[],
  userId: string,
  catalogue: AccessCatalogue,
): Promise<boolean> {
  const reach = roles.map((role) => ({ role, places: null, device: null }));
  const { grants } = await addUpHere(inside, reach, catalogue);
  return covers(grants, (await readHeld(inside, userId, catalogue)).grants);
}

/** A provider vouches for nobody who may more than whoever configured it, and may still himself. */
async function linkByEmail(
  db: Db,
  provider: Provider,
  claims: Claims,
  userId: string,
  caller: Caller,
  catalogue: AccessCatalogue,
): Promise<Found> {
  const ctx = contextOfProvider(provider, caller, grantEverywhere(['user:write']));
  const linked = await mutation(db, ctx, 'user:write', async (inside) => {
    const own = provider.reachOf === null ? [] : await readRolesEverywhere(inside, provider.reachOf);
    const reach = provider.reach.filter((role) => own.includes(role));
    if (!(await reaches(inside, reach, userId, catalogue))) throw new MayMore();
    const linkId = await insertLink(inside, provider.id, userId, claims, 'provider');
    const details = { provider: provider.name, subject: claims.subject, by: 'email' };
    return [{ linkId }, { action: 'auth.openid_linked', object: `user:${userId}`, details }];
  }).catch((error): { refused: Why; userId: string } => {
    if (error instanceof MayMore) return { refused: 'may_more', userId };
    if (isUniqueViolation(error)) return { refused: 'linked_otherwise', userId };
    throw error;
  });
  return 'refused' in linked ? linked : admit(db, userId, linked.linkId);
}

/** Undoes the transaction: a refusal writes nothing. */
class MayMore extends Error {}
