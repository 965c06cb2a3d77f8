import { type Db, inAuthentication } from '../platform/db/store.ts';
import { invalid } from '../platform/errors.ts';
import { verifyPassword } from './passwords.ts';
import type { PersonContext } from './sessions.ts';
import type { Throttle } from './throttle.ts';

/**
 * Somebody at an unlocked screen is not its owner: what changes how to sign in asks for the password again. Guessing it is slowed
 * down as signing in is.
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
  throttle.check(id, address);
  const stored = await inAuthentication(db, (trx) =>
    trx.selectFrom('users').select('password_hash').where('id', '=', id).executeTakeFirst(),
  );
  if (await verifyPassword(password, stored?.password_hash)) {
    throttle.succeeded(id, address);
    return;
  }
  throttle.failed(id, address);
  throw invalid('The password is wrong.', [{ path, message: 'is wrong', code: 'password-wrong' }]);
}
