import { createHash } from 'node:crypto';
import type { TransactionContext } from '../../platform/context.ts';
import type { Secret } from '../../platform/secret.ts';
import { findStep } from './totp.ts';

/** What a seed is wrapped under: it opens for its own person only. */
export const sealOf = (userId: string): string => `second-factor ${userId}`;

/**
 * What the throttle knows a person's codes by: they are guessed by who knows the password already, so that every source counts. A device
 * on which he signed in before counts for itself: what others guess does not keep him out.
 */
export const codeAccount = (userId: string, known = false): string => `code of ${userId}${known ? ' at home' : ''}`;

/** Backup codes hold 49 random bits and are tried slowly; the person's id makes equal codes of two people differ. */
export const hashOfCode = (userId: string, code: string): Buffer =>
  createHash('sha256')
    .update(`${userId} ${code.toLowerCase().replaceAll(/[^a-z0-9]/g, '')}`)
    .digest();

/** A confirmed authenticator, held until the end of the transaction. */
export const readFactor = ({ db }: TransactionContext, userId: string) =>
  db
    .selectFrom('second_factors')
    .select(['seed', 'last_step', 'confirmed_at'])
    .where('user_id', '=', userId)
    .where('confirmed_at', 'is not', null)
    .forUpdate()
    .executeTakeFirst();

/**
 * Uses up a code of the authenticator, or a backup code: each is good once, also where two come at the same moment.
 * @returns which it was; undefined: it is neither
 */
export async function useCode(
  ctx: TransactionContext,
  secret: Secret,
  userId: string,
  code: string,
): Promise<'authenticator' | 'backup' | undefined> {
  const factor = await readFactor(ctx, userId);
  if (!factor) return undefined;
  const step = findStep(secret.unwrap(sealOf(userId), factor.seed), code, Date.now(), factor.last_step);
  if (step !== undefined) {
    await ctx.db.updateTable('second_factors').set({ last_step: step }).where('user_id', '=', userId).execute();
    return 'authenticator';
  }
  const used = await ctx.db
    .updateTable('backup_codes')
    .set({ used_at: new Date() })
    .where('user_id', '=', userId)
    .where('hash', '=', hashOfCode(userId, code))
    .where('used_at', 'is', null)
    .executeTakeFirst();
  return used.numUpdatedRows > 0n ? 'backup' : undefined;
}
