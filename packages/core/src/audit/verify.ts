import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { AuditProblem, AuditVerification } from '@muster/contract/audit';
import type { Context, TransactionContext } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { mutation, reading } from '../platform/mutation.ts';
import { checkpointFile } from './checkpoints.ts';
import { type Checkpoint, isSignedCheckpoint, type Keys, type PublicKey, readKeys } from './signing.ts';
import { openTrail } from './trail.ts';
import { createWalk } from './walk.ts';

/**
 * Looks at the whole chain of the organization, its checkpoints, and those that stand in the data directory. That it was
 * looked at is an entry of its own, behind what was verified.
 */
export async function verifyAudit(db: Db, ctx: Context, key: PublicKey, dataDir: string): Promise<AuditVerification> {
  const keys = readKeys([key]);
  const report = await reading(db, ctx, 'audit:read', (inside) => verifyInside(inside, keys, dataDir));
  const { head: _, ...details } = report;
  const noted = mutation(db, ctx, 'audit:read', async () => [
    report,
    { action: 'audit.verified', object: 'audit', details },
  ]);
  // a trail that is broken may not take another entry; what is wrong with it is said all the same
  return report.ok ? noted : noted.catch(() => report);
}

async function verifyInside(inside: TransactionContext, keys: Keys, dataDir: string): Promise<AuditVerification> {
  const trail = await openTrail(inside);
  const walk = createWalk(inside.organizationId, keys, trail.unchained);
  for await (const item of trail.items()) {
    if (item.kind === 'entry') walk.entry(item);
    else if (item.kind === 'unchained') walk.unchained(item);
    else if (item.kind === 'checkpoint') walk.checkpoint(item);
  }
  const { entries, erased, unchained, checkpoints, last, problem } = walk.finish(trail.head, trail.checkpoints);
  const unknown = await compareWithFile(inside, keys, dataDir);
  // signed over entries that are not there: the database was set back
  const elsewhere: AuditProblem | null =
    unknown && unknown.seq > last.seq ? { seq: last.seq + 1, what: 'missing' } : unknown;
  const first = [problem, elsewhere].filter((found) => found !== null).sort((one, other) => one.seq - other.seq)[0];
  return { ok: !first, entries, erased, unchained, head: last, checkpoints, problem: first ?? null };
}

const LINES_AT_ONCE = 500;

/** What was signed and kept beside the database must still be in it: else it was set back, or a checkpoint was dropped. */
async function compareWithFile(inside: TransactionContext, keys: Keys, dataDir: string): Promise<AuditProblem | null> {
  let first: AuditProblem | null = null;
  for await (const batch of batches(checkpointFile(dataDir), inside.organizationId)) {
    const rows = await inside.db
      .selectFrom('audit_checkpoints')
      .select(['number', 'signature'])
      .where(
        'number',
        'in',
        batch.map(({ number }) => number),
      )
      .execute();
    const known = new Map(rows.map(({ number, signature }) => [number, signature]));
    for (const checkpoint of batch) {
      if (known.get(checkpoint.number) === checkpoint.signature) continue;
      const key = keys.get(checkpoint.keyId);
      // a line that nobody signed says something about the file, not about the trail
      if (!key || !isSignedCheckpoint(checkpoint, key)) continue;
      const seq = Math.max(1, checkpoint.seq);
      const what = known.has(checkpoint.number) ? 'checkpoint_differs' : 'checkpoint_missing';
      if (!first || seq < first.seq) first = { seq, what };
    }
  }
  return first;
}

async function* batches(file: string, organizationId: string): AsyncGenerator<Checkpoint[]> {
  let batch: Checkpoint[] = [];
  try {
    for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
      const checkpoint = parse(line);
      if (checkpoint?.organizationId !== organizationId || !Number.isSafeInteger(checkpoint.number)) continue;
      batch.push(checkpoint);
      if (batch.length < LINES_AT_ONCE) continue;
      yield batch;
      batch = [];
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  if (batch.length > 0) yield batch;
}

/** Undefined for a line that was not written to its end. */
function parse(line: string): Checkpoint | undefined {
  try {
    return JSON.parse(line) as Checkpoint;
  } catch {
    return undefined;
  }
}
