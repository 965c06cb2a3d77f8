import type { TransactionContext } from '../../platform/context.ts';
import { MusterError } from '../../platform/errors.ts';
import type { PersonContext } from '../sessions.ts';

/**
 * Whoever has a second factor uses it before he gets or gives away another: a password alone opens no way around it.
 * @throws MusterError `step_up`
 */
export async function requireStrong({ db }: TransactionContext, ctx: PersonContext): Promise<void> {
  const { id } = ctx.user;
  const session = await db.selectFrom('sessions').select('strong').where('id', '=', ctx.sessionId).executeTakeFirst();
  if (session?.strong) return;
  const passkey = await db.selectFrom('passkeys').select('id').where('user_id', '=', id).executeTakeFirst();
  const factor = await db
    .selectFrom('second_factors')
    .select('user_id')
    .where('user_id', '=', id)
    .where('confirmed_at', 'is not', null)
    .executeTakeFirst();
  if (passkey || factor) {
    throw new MusterError('step_up', 'Sign in with the passkey or the authenticator that you have.');
  }
}
