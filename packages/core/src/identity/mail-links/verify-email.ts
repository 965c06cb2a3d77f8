import { isReachable, type Outbox } from '../../mail/index.ts';
import { audit } from '../../platform/audit.ts';
import { tell } from '../../platform/bus.ts';
import { type Db, inOrganization } from '../../platform/db/store.ts';
import { conflict, tooMany } from '../../platform/errors.ts';
import { contextFor } from '../account.ts';
import type { Caller } from '../caller.ts';
import type { PersonContext } from '../sessions.ts';
import type { Throttle } from '../throttle.ts';
import { deadLink, findLink, readReader, sendLink, slowly, useLink, wroteEnough } from './link.ts';

const HOUR_SECONDS = 3600;

/** Whoever opens the link reads what is sent to the address. @throws MusterError `invalid` with the fault at `/token`, `too_many` */
export async function verifyEmail(db: Db, token: string, throttle: Throttle, caller: Caller): Promise<void> {
  const user = await slowly(throttle, token, caller.address, () => findLink(db, token, 'verify-email'));
  const ctx = contextFor(user, caller);
  await inOrganization(db, ctx, async (inside) => {
    const reader = await readReader(inside, user.id);
    if ((await useLink(inside, token, 'verify-email')) !== reader.address) throw deadLink();
    await inside.db.updateTable('users').set({ email_verified_at: new Date() }).where('id', '=', user.id).execute();
    await tell(inside, { kind: 'access.changed', organizationId: ctx.organizationId, of: user.id });
    await audit(inside, { action: 'auth.email_verified', object: `user:${user.id}` });
  });
}

/** Sends the caller the link that verifies his address. @throws MusterError `conflict` when there is no need or no mail, `too_many` */
export async function sendVerification(db: Db, ctx: PersonContext, outbox: Outbox): Promise<void> {
  const { id } = ctx.user;
  if (!outbox.enabled) throw conflict('This server sends no mail.');
  await inOrganization(db, ctx, async (inside) => {
    const reader = await readReader(inside, id);
    const { email_verified_at: verified } = await inside.db
      .selectFrom('users')
      .select('email_verified_at')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    if (!isReachable(reader.address)) throw conflict('No mail can reach your address.');
    if (verified) throw conflict('Your mail address is verified already.');
    if (await wroteEnough(inside, id, 'verify-email')) {
      throw tooMany('Several letters were sent within the last hour. Look into your mail, or wait.', HOUR_SECONDS);
    }
    await sendLink(inside, reader, 'verify-email', outbox);
    await audit(inside, { action: 'auth.verification_sent', object: `user:${id}` });
  });
}
