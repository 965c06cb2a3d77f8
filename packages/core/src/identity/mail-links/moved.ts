import type { Outbox } from '../../mail/index.ts';
import type { TransactionContext } from '../../platform/context.ts';
import type { PersonRow } from '../users/view.ts';
import { endLinks, readerOf, sendLink } from './link.ts';

/** The old address hears of it, the new one is asked whether it is his; links that lie in the old one's mail end. */
export async function tellBothAddresses(
  ctx: TransactionContext,
  before: PersonRow,
  after: PersonRow,
  outbox: Outbox,
): Promise<void> {
  await endLinks(ctx, after.id);
  const [old, current] = [readerOf(before), readerOf(after)];
  await outbox.post(ctx, old, { kind: 'email-changed', email: after.email });
  await sendLink(ctx, current, 'verify-email', outbox);
}
