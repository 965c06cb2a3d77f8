import type { Outbox } from '../mail/index.ts';
import { audit } from '../platform/audit.ts';
import { tell } from '../platform/bus.ts';
import { type Db, inOrganization } from '../platform/db/store.ts';
import { invalid } from '../platform/errors.ts';
import { endLinks, readReader } from './mail-links/link.ts';
import { readPasswordRules } from './password-rules.ts';
import { checkNewPassword, hashPassword } from './passwords.ts';
import { requirePassword } from './require-password.ts';
import type { PersonContext } from './sessions.ts';
import type { Throttle } from './throttle.ts';

export interface PasswordChange {
  currentPassword?: string;
  newPassword: string;
}

/**
 * Every other session ends: whoever knew the old password is out. Guessing the current one is slowed down as signing in is.
 * @throws MusterError `invalid` for a wrong current password or a new one that is not good enough, `too_many`
 */
export async function changePassword(
  db: Db,
  ctx: PersonContext,
  { currentPassword = '', newPassword }: PasswordChange,
  throttle: Throttle,
  outbox: Outbox,
): Promise<void> {
  const { user, sessionId, organizationId } = ctx;
  await requirePassword(db, ctx, currentPassword, throttle, '/currentPassword');
  const rules = {
    ...(await readPasswordRules(db, ctx, user.id)),
    words: [user.username, user.email, user.organization.slug, 'muster'],
  };
  const short = await checkNewPassword(newPassword, rules, '/newPassword');
  if (newPassword === currentPassword) {
    throw invalid('The new password is the old one.', [
      { path: '/newPassword', message: 'must be another one', code: 'password-same' },
    ]);
  }
  const passwordHash = await hashPassword(newPassword, user.id);
  await inOrganization(db, ctx, async (inside) => {
    await inside.db
      .updateTable('users')
      .set({
        password_hash: passwordHash,
        short_password: short,
        must_change_password: false,
        password_changed_at: new Date(),
      })
      .where('id', '=', user.id)
      .execute();
    const ended = await inside.db
      .updateTable('sessions')
      .set({ ended_at: new Date() })
      .where('user_id', '=', user.id)
      .where('id', '!=', sessionId)
      .where('ended_at', 'is', null)
      .executeTakeFirst();
    await endLinks(inside, user.id);
    await outbox.post(inside, await readReader(inside, user.id), { kind: 'password-changed' });
    await tell(inside, { kind: 'access.changed', organizationId, of: user.id });
    const details = { sessionsEnded: Number(ended.numUpdatedRows) };
    await audit(inside, { action: 'auth.password_changed', object: `user:${user.id}`, details });
  });
}
