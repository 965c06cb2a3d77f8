import { randomBytes } from 'node:crypto';
import type { WayBack } from '@muster/contract/users';
import { sql } from 'kysely';
import type { AccessCatalogue } from '../../access/index.ts';
import { isReachable, type Outbox } from '../../mail/index.ts';
import { tell } from '../../platform/bus.ts';
import type { Context, TransactionContext } from '../../platform/context.ts';
import type { Db } from '../../platform/db/store.ts';
import { conflict, notFound, tooMany } from '../../platform/errors.ts';
import { mutation } from '../../platform/mutation.ts';
import { endLinks, readReader, sendLink, wroteEnough } from '../mail-links/link.ts';
import { endSessionsOf } from '../own-sessions.ts';
import { hashPassword } from '../passwords.ts';
import { deleteFactors } from './remove-second-factor.ts';
import { lockOwners, refuseOneself, refuseStronger } from './rights.ts';
import { readPersonRow } from './view.ts';

export interface ResetWish {
  /** User name or mail address. */
  username: string;
  /** The authenticator is lost too. */
  secondFactor: boolean;
}

/** What somebody is helped with. */
export interface WayIn {
  /** Shown once; null: a link was sent. */
  password: string | null;
}

const HOUR_SECONDS = 3600;

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
  const made = await makePassword();
  return mutation(db, ctx, 'user:write', async (inside) => {
    const { rows } = await sql<{ id: string }>`
      update users set status = 'active'
      where id = (select user_id from sign_in_names where name = lower(${username})) returning id`.execute(inside.db);
    const id = rows[0]?.id;
    if (!id) throw notFound('person');
    if (secondFactor) await deleteFactors(inside, id);
    await givePassword(inside, id, made.hash, outbox);
    return [
      made.password,
      { action: 'user.password_reset', object: `user:${id}`, details: { secondFactorRemoved: secondFactor } },
    ];
  });
}

/**
 * Helps somebody who lost the password, on behalf of whoever may do no less than he: a link to his address, which leaves everything
 * as it is until it is opened; or a new first password, with which every session ends.
 * @throws MusterError `not_found`, `forbidden`, `conflict` where no link can be sent or used, `too_many` letters
 */
export async function helpBackIn(
  db: Db,
  ctx: Context,
  { id, way }: { id: string; way: WayBack },
  catalogue: AccessCatalogue,
  outbox: Outbox,
): Promise<WayIn> {
  refuseOneself(ctx, id);
  const made = way === 'password' ? await makePassword() : undefined;
  return mutation<WayIn>(db, ctx, 'user:write', async (inside) => {
    await lockOwners(inside);
    const { status } = await readPersonRow(inside, id);
    await refuseStronger(inside, id, catalogue);
    const object = `user:${id}`;
    if (made) {
      await givePassword(inside, id, made.hash, outbox);
      const details = { secondFactorRemoved: false };
      return [{ password: made.password }, { action: 'user.password_reset', object, details }];
    }
    if (status !== 'active') throw conflict('This person is disabled. Enable the person first.');
    await writeLink(inside, id, outbox);
    return [{ password: null }, { action: 'user.password_link_sent', object }];
  });
}

async function makePassword(): Promise<{ password: string; hash: string }> {
  const password = randomBytes(15).toString('base64url');
  return { password, hash: await hashPassword(password) };
}

async function givePassword(inside: TransactionContext, id: string, hash: string, outbox: Outbox): Promise<void> {
  const reader = await readReader(inside, id);
  await inside.db
    .updateTable('users')
    .set({ password_hash: hash, must_change_password: true, short_password: false, version: sql`version + 1` })
    .where('id', '=', id)
    .execute();
  await endLinks(inside, id);
  await endSessionsOf(inside, id);
  await outbox.post(inside, reader, { kind: 'password-changed' });
  await tell(inside, { kind: 'access.changed', organizationId: inside.organizationId, of: id });
}

async function writeLink(inside: TransactionContext, id: string, outbox: Outbox): Promise<void> {
  if (!outbox.enabled) throw conflict('This server sends no mail.');
  const reader = await readReader(inside, id);
  if (!isReachable(reader.address)) throw conflict('No mail can reach the address of this person.');
  if (await wroteEnough(inside, id, 'password-reset')) {
    throw tooMany('Several links were sent to this person within the last hour.', HOUR_SECONDS);
  }
  await sendLink(inside, reader, 'password-reset', outbox);
}
