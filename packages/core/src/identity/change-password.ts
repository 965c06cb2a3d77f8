import { audit } from '../platform/audit.ts';
import { tell } from '../platform/bus.ts';
import { type Db, inAuthentication, inOrganization } from '../platform/db/store.ts';
import { invalid } from '../platform/errors.ts';
import { checkNewPassword, hashPassword, verifyPassword } from './passwords.ts';
import type { PersonContext } from './sessions.ts';
import type { Throttle } from './throttle.ts';

export interface PasswordChange {
  currentPassword: string;
  newPassword: string;
}

/**
 * Every other session ends: whoever knew the old password is out. Guessing the current one is slowed down as signing in is.
 * @throws MusterError `invalid` for a wrong current password or a new one that is not good enough, `too_many`
 */
export async function changePassword(
  db: Db,
  ctx: PersonContext,
  { currentPassword, newPassword }: PasswordChange,
  throttle: Throttle,
): Promise<void> {
  const { user, sessionId, organizationId } = ctx;
  const address = ctx.address ?? '';
  throttle.check(user.id, address);
  const stored = await inAuthentication(db, (trx) =>
    trx.selectFrom('users').select('password_hash').where('id', '=', user.id).executeTakeFirst(),
  );
  if (!(await verifyPassword(currentPassword, stored?.password_hash))) {
    throttle.failed(user.id, address);
    throw invalid('The current password is wrong.', [{ path: '/currentPassword', message: 'is wrong' }]);
  }
  throttle.succeeded(user.id, address);
  checkNewPassword(newPassword, [user.username, user.email, user.organization.slug, 'muster'], '/newPassword');
  if (newPassword === currentPassword) {
    throw invalid('The new password is the old one.', [{ path: '/newPassword', message: 'must be another one' }]);
  }
  const passwordHash = await hashPassword(newPassword);
  await inOrganization(db, ctx, async (inside) => {
    await inside.db
      .updateTable('users')
      .set({ password_hash: passwordHash, must_change_password: false, password_changed_at: new Date() })
      .where('id', '=', user.id)
      .execute();
    const ended = await inside.db
      .updateTable('sessions')
      .set({ ended_at: new Date() })
      .where('user_id', '=', user.id)
      .where('id', '!=', sessionId)
      .where('ended_at', 'is', null)
      .executeTakeFirst();
    await tell(inside, { kind: 'access.changed', organizationId });
    const details = { sessionsEnded: Number(ended.numUpdatedRows) };
    await audit(inside, { action: 'auth.password_changed', object: `user:${user.id}`, details });
  });
}
