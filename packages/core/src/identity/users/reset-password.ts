import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Outbox } from '../../mail/index.ts';
import { tell } from '../../platform/bus.ts';
import type { Context } from '../../platform/context.ts';
import type { Db } from '../../platform/db/store.ts';
import { notFound } from '../../platform/errors.ts';
import { mutation } from '../../platform/mutation.ts';
import { endLinks, readReader } from '../mail-links/link.ts';
import { hashPassword } from '../passwords.ts';

export interface ResetWish {
  /** User name or mail address. */
  username: string;
  /** The authenticator is lost too. */
  secondFactor: boolean;
}

/**
 * A way in for whoever may use the server's own machine: a new first password, which the next sign-in replaces. Somebody who was
 * disabled may sign in again; every session ends, and whose password it was is told by mail.
 * @returns the password, shown once
 * @throws MusterError `not_found`
 */
export async function resetPassword(
  db: Db,
  ctx: Context,
  outbox: Outbox,
  { username, secondFactor }: ResetWish,
): Promise<string> {
  const password = randomBytes(15).toString('base64url');
  const passwordHash = await hashPassword(password);
  return mutation(db, ctx, 'user:write', async (inside) => {
    const { rows } = await sql<{ id: string }>`
      update users set password_hash = ${passwordHash}, must_change_password = true, short_password = false, status = 'active',
        version = version + 1
      where id = (select user_id from sign_in_names where name = lower(${username})) returning id`.execute(inside.db);
    const id = rows[0]?.id;
    if (!id) throw notFound('person');
    await endLinks(inside, id);
    if (secondFactor) {
      await inside.db.deleteFrom('second_factors').where('user_id', '=', id).execute();
      await inside.db.deleteFrom('passkeys').where('user_id', '=', id).execute();
      await inside.db.deleteFrom('backup_codes').where('user_id', '=', id).execute();
    }
    await inside.db
      .updateTable('sessions')
      .set({ ended_at: new Date() })
      .where('user_id', '=', id)
      .where('ended_at', 'is', null)
      .execute();
    await outbox.post(inside, await readReader(inside, id), { kind: 'password-changed' });
    await tell(inside, { kind: 'access.changed', organizationId: ctx.organizationId, of: id });
    return [
      password,
      { action: 'user.password_reset', object: `user:${id}`, details: { secondFactorRemoved: secondFactor } },
    ];
  });
}
