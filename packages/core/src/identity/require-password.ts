import { type Db, inAuthentication } from '../platform/db/store.ts';
import { invalid } from '../platform/errors.ts';
import { NO_PASSWORD, verifyPassword } from './passwords.ts';
import type { PersonContext } from './sessions.ts';
import type { Throttle } from './throttle.ts';

/** Whoever has no password has signed in at a provider not longer ago than this. */
const FRESH_MS = 10 * 60_000;

/**
 * Somebody at an unlocked screen is not its owner: what changes how to sign in asks for the password again, or, of whoever has
 * none, for a sign-in of a moment ago. Guessing it is slowed down as signing in is.
 * @throws MusterError `invalid` with the fault at `path`, `too_many`
 */
export async function requirePassword(
  db: Db,
  ctx: PersonContext,
  password: string,
  throttle: Throttle,
  path: string,
): Promise<void> {
  const { id } = ctx.user;
  const address = ctx.address ?? '';
  const stored = await inAuthentication(db, (trx) =>
    trx
      .selectFrom('users')
      .innerJoin('sessions', 'sessions.user_id', 'users.id')
      .select(['users.password_hash', 'sessions.created_at'])
      .where('users.id', '=', id)
      .where('sessions.id', '=', ctx.sessionId)
      .executeTakeFirst(),
  );
  if (stored?.password_hash === NO_PASSWORD) {
    if (Date.now() - stored.created_at.getTime() < FRESH_MS) return;
    throw invalid('You have no password. Sign in again, and do this within ten minutes.', [
      { path, message: 'needs a fresh sign-in' },
    ]);
  }
  const judge = async () => (await verifyPassword(password, stored?.password_hash, id)) || undefined;
  // who is signed in does not wait for what others try from elsewhere
  if (await throttle.attempt(id, address, judge, { known: true })) return;
  throw invalid('The password is wrong.', [{ path, message: 'is wrong', code: 'password-wrong' }]);
}
