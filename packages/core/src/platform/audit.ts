import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { type ChainedEntry, commitmentOf, GENESIS, type Head, hashOf } from './audit-chain.ts';
import { writeRanges } from './audit-ranges.ts';
import type { TransactionContext } from './context.ts';
import { newId } from './uuid.ts';

/** What a write, or its refusal, leaves in the audit trail. */
export interface Audited {
  action: string;
  object: string;
  details?: Record<string, unknown>;
  /** Default `done`. */
  result?: ChainedEntry['result'];
  /** Numbers of the entries that lost their personal part by it: they stay readable and in the hash, whoever is erased later. */
  erases?: readonly number[];
}

/**
 * Appends one entry to the organization's chain inside the caller's transaction. From here to its end no other transaction
 * of the organization appends: call it last.
 */
export async function audit(ctx: TransactionContext, audited: Audited): Promise<void> {
  const { organizationId, actor, requestId, address = null, userAgent = null } = ctx;
  const { action, object, result = 'done' } = audited;
  const erases = audited.erases && audited.erases.length > 0 ? writeRanges(audited.erases) : undefined;
  const head = await lockHead(ctx);
  // as the store will give it back: without what JSON does not know
  const details: unknown = JSON.parse(JSON.stringify(audited.details ?? {}));
  const salt = randomBytes(16).toString('hex');
  const commitment = commitmentOf(salt, { actorName: actor.name, address, userAgent, details });
  const at = new Date();
  const seq = head.seq + 1;
  const id = newId();
  const entry = { organizationId, seq, id, at: at.toISOString(), action, object, result, requestId, commitment };
  const more = erases === undefined ? {} : { erases };
  const hash = hashOf(head.hash, { ...entry, ...more, actorKind: actor.kind, actorId: actor.id });
  await ctx.db
    .with('head', (db) =>
      db.updateTable('audit_heads').set({ seq, hash }).where('organization_id', '=', organizationId),
    )
    .insertInto('audit_entries')
    .values({
      id,
      organization_id: organizationId,
      seq,
      at,
      actor_kind: actor.kind,
      actor_id: actor.id,
      actor_name: actor.name,
      action,
      object,
      result,
      details: JSON.stringify(details),
      address,
      user_agent: userAgent,
      request_id: requestId,
      ...more,
      salt,
      commitment,
      hash,
    })
    .execute();
}

/** Where the organization's chain ends, locked until the end of the transaction. */
export async function lockHead(ctx: TransactionContext): Promise<Head & { checkpoints: number }> {
  const lock = () =>
    ctx.db
      .selectFrom('audit_heads')
      .select(['seq', 'hash', 'checkpoints'])
      .where('organization_id', '=', ctx.organizationId)
      .forUpdate()
      .executeTakeFirst();
  const head = await lock();
  if (head) return head;
  await sql`insert into audit_heads (organization_id, seq, hash) values (${ctx.organizationId}, 0, ${GENESIS})
    on conflict do nothing`.execute(ctx.db);
  const made = await lock();
  if (!made) throw new Error('the head of the audit trail is out of sight');
  return made;
}
