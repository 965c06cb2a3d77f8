import type { Outbox } from '../../mail/index.ts';
import type { TransactionContext } from '../../platform/context.ts';
import { conflict, tooMany } from '../../platform/errors.ts';
import { hashToken, makeToken } from '../../platform/token.ts';
import { readInvitation } from './view.ts';

const HOUR_SECONDS = 3600;
const DAYS_MS = 7 * 86_400_000;
/** Letters to one address in an hour: it did not ask for them. */
const LETTERS_PER_HOUR = 3;

/** What an invitation's row gets with a new link. */
export function makeLink() {
  const token = makeToken('mi');
  const now = Date.now();
  return { token, row: { hash: hashToken(token), sent_at: new Date(now), expires_at: new Date(now + DAYS_MS) } };
}

/** Posts the link of an invitation. @throws MusterError `too_many` when its address got several within the hour */
export async function postInvitation(ctx: TransactionContext, id: string, token: string, outbox: Outbox) {
  const { email: address, language, invitedBy: inviter } = await readInvitation(ctx, id);
  const { count } = await ctx.db
    .selectFrom('mails')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('kind', '=', 'invitation')
    .where('address', '=', address)
    .where('created_at', '>', new Date(Date.now() - HOUR_SECONDS * 1000))
    .executeTakeFirstOrThrow();
  if (Number(count) >= LETTERS_PER_HOUR) {
    throw tooMany('Several letters were sent to this address within the last hour. Wait a while.', HOUR_SECONDS);
  }
  await outbox.post(ctx, { name: '', address, language }, { kind: 'invitation', token, inviter }, DAYS_MS);
  return readInvitation(ctx, id);
}

/** @throws MusterError `conflict` where no mail is sent */
export function requireMail(outbox: Outbox): void {
  if (!outbox.enabled) throw conflict('This server sends no mail. Add the person with a first password instead.');
}
