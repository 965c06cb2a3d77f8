import type { Language } from '@muster/contract/schema';
import { tell } from '../platform/bus.ts';
import type { TransactionContext } from '../platform/context.ts';
import type { Secret } from '../platform/secret.ts';
import { newId } from '../platform/uuid.ts';
import type { Content, Letter, Reader } from './letter.ts';

/** Where verbs leave their mail. */
export interface Outbox {
  /** False: there is no server that takes mail, and what is posted is nowhere kept. */
  enabled: boolean;
  /**
   * Writes a mail in the transaction of what causes it: it is sent when that commits, and never was when it does not.
   * @param lasts ms that sending it makes sense; default a day
   */
  post(ctx: TransactionContext, reader: Reader, letter: Letter, lasts?: number): Promise<void>;
  /** Gives up what still waits: its link opens nothing any more. */
  withdraw(ctx: TransactionContext, kind: Letter['kind'], address: string): Promise<void>;
}

const DAY_MS = 86_400_000;

/** What a mail's content is wrapped under: it opens for this mail only. */
export const sealOf = (mailId: string): string => `mail ${mailId}`;

/** Addresses that no mail can reach: RFC 2606 keeps the name for that. The unattended first owner has one. */
export const isReachable = (address: string): boolean => !address.toLowerCase().endsWith('.invalid');

export const createOutbox = (secret: Secret, enabled: boolean): Outbox => ({
  enabled,
  async post(ctx, reader, letter, lasts = DAY_MS) {
    if (!enabled || !isReachable(reader.address)) return;
    // a newer link ends the older one
    if ('token' in letter) await withdraw(ctx, letter.kind, reader.address);
    const { name: organization } = await ctx.db
      .selectFrom('organizations')
      .select('name')
      .where('id', '=', ctx.organizationId)
      .executeTakeFirstOrThrow();
    const id = newId();
    const content: Content = { letter, name: reader.name, organization, at: new Date().toISOString() };
    await ctx.db
      .insertInto('mails')
      .values({
        id,
        organization_id: ctx.organizationId,
        user_id: reader.userId ?? null,
        kind: letter.kind,
        language: reader.language,
        address: reader.address,
        content: secret.wrap(sealOf(id), Buffer.from(JSON.stringify(content))),
        expires_at: new Date(Date.now() + lasts),
      })
      .execute();
    await tell(ctx, { kind: 'mail.posted', organizationId: ctx.organizationId });
  },
  withdraw,
});

async function withdraw({ db }: TransactionContext, kind: Letter['kind'], address: string): Promise<void> {
  await db
    .updateTable('mails')
    .set({ state: 'failed', fault: 'its link ended before it was sent', content: null, ended_at: new Date() })
    .where('kind', '=', kind)
    .where('address', '=', address)
    .where('state', '=', 'waiting')
    .execute();
}

/** The language that letters are written in for somebody; English for one that is not spoken here. */
export const languageOf = (stored: string): Language => (stored === 'pl' ? 'pl' : 'en');
