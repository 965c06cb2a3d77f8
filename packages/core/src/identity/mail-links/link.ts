import { languageOf, type Outbox, type Reader } from '../../mail/index.ts';
import type { TransactionContext } from '../../platform/context.ts';
import { type Db, inAuthentication } from '../../platform/db/store.ts';
import { invalid, MusterError } from '../../platform/errors.ts';
import { hashToken, makeToken } from '../../platform/token.ts';
import { type Account, readAccount } from '../account.ts';
import type { Throttle } from '../throttle.ts';

/** Somebody of the organization who is written to. */
export type Member = Reader & { userId: string };

export type Purpose = 'password-reset' | 'verify-email';

const MINUTE_MS = 60_000;
const kinds = { 'password-reset': 'mr', 'verify-email': 'mv' } as const;
/** How long a link is good for, in ms. The letters say it in words. */
const LASTS: Record<Purpose, number> = { 'password-reset': 30 * MINUTE_MS, 'verify-email': 24 * 60 * MINUTE_MS };
/** Letters of one purpose to one person in an hour. */
const LETTERS_PER_HOUR = 3;

/** Whom a letter to somebody is for. */
export const readerOf = (row: {
  id: string;
  name: string;
  username: string;
  email: string;
  language: string;
}): Member => ({
  userId: row.id,
  name: row.name || row.username,
  address: row.email,
  language: languageOf(row.language),
});

/** The same by the person's id; held until the end of the transaction. */
export async function readReader({ db }: TransactionContext, userId: string): Promise<Member> {
  const row = await db
    .selectFrom('users')
    .select(['id', 'name', 'username', 'email', 'language'])
    .where('id', '=', userId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return readerOf(row);
}

/** Have so many letters of this purpose been written to somebody in the last hour that the next one must wait? */
export async function wroteEnough({ db }: TransactionContext, userId: string, purpose: Purpose): Promise<boolean> {
  const { count } = await db
    .selectFrom('mails')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('user_id', '=', userId)
    .where('kind', '=', purpose)
    .where('created_at', '>', new Date(Date.now() - 60 * MINUTE_MS))
    .executeTakeFirstOrThrow();
  return Number(count) >= LETTERS_PER_HOUR;
}

/** Makes a link and posts it; an older one of the same purpose ends. */
export async function sendLink(
  ctx: TransactionContext,
  reader: Member,
  purpose: Purpose,
  outbox: Outbox,
): Promise<void> {
  const token = makeToken(kinds[purpose]);
  const link = { hash: hashToken(token), email: reader.address, expires_at: new Date(Date.now() + LASTS[purpose]) };
  await ctx.db
    .insertInto('mail_links')
    .values({ organization_id: ctx.organizationId, user_id: reader.userId, purpose, ...link })
    .onConflict((older) => older.columns(['organization_id', 'user_id', 'purpose']).doUpdateSet(link))
    .execute();
  await outbox.post(ctx, reader, { kind: purpose, token }, LASTS[purpose]);
}

/** Ends every link that was sent to somebody. */
export async function endLinks({ db }: TransactionContext, userId: string): Promise<void> {
  await db.deleteFrom('mail_links').where('user_id', '=', userId).execute();
}

/**
 * Looks for what a token opens. It has no account, so what counts is the source: one that tried many that open nothing is slowed
 * down, here as at the sign-in.
 * @throws MusterError what `find` throws; `too_many`
 */
export async function slowly<T>(
  throttle: Throttle,
  token: string,
  address: string,
  find: () => Promise<T>,
): Promise<T> {
  const tried = `link ${hashToken(token).toString('hex')}`;
  throttle.check(tried, address);
  return find().catch((error) => {
    if (error instanceof MusterError && error.code === 'invalid') throttle.failed(tried, address);
    throw error;
  });
}

/** Whose link this is, before his organization is known. @throws MusterError `invalid` when it is none, or none any more */
export async function findLink(db: Db, token: string, purpose: Purpose): Promise<Account> {
  const user = await inAuthentication(db, async (trx) => {
    const link = await trx
      .selectFrom('mail_links')
      .select('user_id')
      .where('hash', '=', hashToken(token))
      .where('purpose', '=', purpose)
      .where('expires_at', '>', new Date())
      .executeTakeFirst();
    return link && readAccount(trx, link.user_id);
  });
  if (user?.status !== 'active') throw deadLink();
  return user;
}

/**
 * Uses a link up: of two that come at the same moment one finds it.
 * @returns the address that it was sent to
 * @throws MusterError `invalid` when it is none any more
 */
export async function useLink({ db }: TransactionContext, token: string, purpose: Purpose): Promise<string> {
  const used = await db
    .deleteFrom('mail_links')
    .where('hash', '=', hashToken(token))
    .where('purpose', '=', purpose)
    .where('expires_at', '>', new Date())
    .returning('email')
    .executeTakeFirst();
  if (!used) throw deadLink();
  return used.email;
}

/** One answer for every reason: used, replaced by a newer one, too old, or never made. */
export const deadLink = () =>
  invalid('This link is not good any more. Ask for a new one.', [
    { path: '/token', message: 'is not good any more', code: 'link-dead' },
  ]);
