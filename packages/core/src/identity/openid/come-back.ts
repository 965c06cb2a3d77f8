import type { AccessCatalogue } from '../../access/index.ts';
import type { TransactionContext } from '../../platform/context.ts';
import { type Db, inAuthentication } from '../../platform/db/store.ts';
import type { Refusals } from '../../platform/refusals.ts';
import type { Secret } from '../../platform/secret.ts';
import { type Account, contextFor, readAccount } from '../account.ts';
import type { Caller } from '../caller.ts';
import { NO_PASSWORD } from '../passwords.ts';
import { useCode } from '../second-factor/use-code.ts';
import type { Proof, Sessions, SignedIn } from '../sessions.ts';
import type { Attempt, Owing } from './attempt.ts';
import type { Discovery } from './discover.ts';
import { ExchangeFault, exchangeCode } from './exchange.ts';
import { type Admitted, findPerson } from './find-person.ts';
import { contextOfProvider, findProvider, type Provider } from './find-provider.ts';
import { linkAccount } from './link.ts';

export interface OpenidDeps {
  db: Db;
  secret: Secret;
  sessions: Sessions;
  refusals: Refusals;
  catalogue: AccessCatalogue;
  discovery: Discovery;
}

/** What the browser is told when it can not come in; why stands in the audit trail. */
export type Refusal = 'refused' | 'cancelled' | 'away' | 'wrong' | 'expired' | 'taken' | 'throttled';

/** How a sign-in at a provider ended. */
export type Outcome =
  | { is: 'in'; signedIn: SignedIn }
  | { is: 'owing'; owing: Owing }
  | { is: 'linked' }
  | { is: 'refused'; refusal: Refusal };

/** The browser is back from the provider with a code, or with a reason. */
export async function comeBack(deps: OpenidDeps, attempt: Attempt, url: URL, caller: Caller): Promise<Outcome> {
  const { db, refusals, catalogue, discovery } = deps;
  const provider = await findProvider(db, attempt.providerId);
  if (!provider) return { is: 'refused', refusal: 'refused' };
  const object = `identity-provider:${provider.id}`;
  const note = (details: object, refusal: Refusal): Promise<Outcome> =>
    refusals
      .note(contextOfProvider(provider, caller), {
        action: attempt.link ? 'auth.openid_link_refused' : 'auth.refused',
        object,
        details: { provider: provider.name, ...details },
      })
      .then(() => ({ is: 'refused', refusal }));
  try {
    const exchanged = await exchangeCode(discovery, provider, attempt, url);
    const { claims } = exchanged;
    const { subject } = claims;
    if (attempt.link) {
      const refused = await linkAccount(db, provider, attempt.link, claims, caller);
      if (!refused) return { is: 'linked' };
      return note({ why: refused, subject }, refused === 'linked_otherwise' ? 'taken' : 'expired');
    }
    const found = await findPerson(db, provider, exchanged, caller, catalogue);
    if ('account' in found) return await letIn(deps, provider, found, caller);
    const user = found.userId === undefined ? {} : { user: found.userId };
    return note({ why: found.refused, subject, ...user }, 'refused');
  } catch (error) {
    if (!(error instanceof ExchangeFault)) throw error;
    return note({ why: error.kind, detail: error.message }, error.kind);
  }
}

/** Opens the session, unless a code is owed first. */
async function letIn(
  { sessions }: OpenidDeps,
  provider: Provider,
  { account, linkId }: Admitted,
  caller: Caller,
): Promise<Outcome> {
  // what it says of factors counts where its configuration says that it may
  const strong = provider.trustsSecondFactor;
  if (account.second_factor && !strong) {
    return { is: 'owing', owing: { userId: account.id, providerId: provider.id, linkId } };
  }
  const factor = account.second_factor ? { factor: 'provider' } : {};
  const signedIn = await openSession(sessions, account, caller, async (ctx) => {
    await enter(ctx, account, linkId);
    return { strong, details: { provider: provider.name, ...factor } };
  });
  return signedIn ? { is: 'in', signedIn } : { is: 'refused', refusal: 'refused' };
}

/**
 * The code of somebody whose provider vouched for him a moment ago. What was disabled or unlinked since is looked at again.
 * @returns undefined for a wrong code; `gone` when he has to begin again
 */
export async function payOwing(
  { db, secret, sessions, refusals }: OpenidDeps,
  owing: Owing,
  code: string,
  caller: Caller,
): Promise<SignedIn | 'gone' | undefined> {
  const provider = await findProvider(db, owing.providerId);
  const account = provider && (await readLinked(db, provider, owing));
  if (!provider || account?.status !== 'active') return 'gone';
  const signedIn = await openSession(sessions, account, caller, async (ctx) => {
    const factor = await useCode(ctx, secret, account.id, code);
    if (!factor) return undefined;
    await enter(ctx, account, owing.linkId);
    return { strong: true, details: { provider: provider.name, factor } };
  });
  if (!signedIn) {
    const details = { provider: provider.name, factor: 'code' };
    await refusals.note(contextFor(account, caller), { action: 'auth.refused', object: `user:${account.id}`, details });
  }
  return signedIn;
}

const readLinked = (db: Db, provider: Provider, { userId, linkId }: Owing) =>
  inAuthentication(db, async (trx) => {
    const link = await trx
      .selectFrom('openid_links')
      .select('id')
      .where('id', '=', linkId)
      .where('user_id', '=', userId)
      .where('provider_id', '=', provider.id)
      .executeTakeFirst();
    return link && readAccount(trx, userId);
  });

/** Whoever comes by a provider is not asked to replace a password that somebody else gave him: `enter` forgets it. */
const openSession = (sessions: Sessions, account: Account, caller: Caller, prove: Proof) =>
  sessions.open({ ...account, must_change_password: false }, caller, prove);

async function enter({ db }: TransactionContext, account: Account, linkId: string): Promise<void> {
  await db.updateTable('openid_links').set({ last_used_at: new Date() }).where('id', '=', linkId).execute();
  if (!account.must_change_password) return;
  await db
    .updateTable('users')
    .set({ password_hash: NO_PASSWORD, must_change_password: false, short_password: false })
    .where('id', '=', account.id)
    .where('must_change_password', '=', true)
    .execute();
}
