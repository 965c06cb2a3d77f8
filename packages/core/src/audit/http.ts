import { PassThrough } from 'node:stream';
import { routes } from '@muster/contract/routes';
import type { Context } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { tooMany } from '../platform/errors.ts';
import type { Binder, Call } from '../platform/http/bind.ts';
import { mutation, reading } from '../platform/mutation.ts';
import { createTurns } from '../platform/turns.ts';
import { exportAudit, localClock } from './export.ts';
import { conditionOf } from './filter.ts';
import { listAudit } from './list.ts';
import type { AuditKey } from './signing.ts';
import { verifyAudit } from './verify.ts';

/** Exports and verifications at once: each holds a connection of the database for its whole length. Further ones wait for their turn. */
const AT_ONCE = 4;
/** Of one organization, which is told so: what others do must not show. */
const AT_ONCE_OF_ONE = 2;
const EXPORT_BUFFER_BYTES = 256 * 1024;

export function bindAudit(bind: Binder, { db, key, dataDir }: { db: Db; key: AuditKey; dataDir: string }): void {
  const { audit } = routes;
  const inTurn = createTurns(AT_ONCE);
  const busy = new Map<string, number>();

  bind(audit.list, ({ ctx, query }) => listAudit(db, ctx, query));
  bind(audit.verify, ({ ctx }) => oneOfFew(ctx, () => verifyAudit(db, ctx, key, dataDir)));
  bind(audit.export, (call) => oneOfFew(call.ctx, () => startExport(call)));

  async function oneOfFew<T>({ organizationId }: Context, work: () => Promise<T>): Promise<T> {
    const before = busy.get(organizationId) ?? 0;
    if (before >= AT_ONCE_OF_ONE) throw tooMany('The audit trail is being read already. Wait a moment.', 5);
    busy.set(organizationId, before + 1);
    try {
      return await inTurn(work, organizationId);
    } finally {
      const left = (busy.get(organizationId) ?? 1) - 1;
      if (left > 0) busy.set(organizationId, left);
      else busy.delete(organizationId);
    }
  }

  /** That it was exported is an entry of the export itself. The rows follow at the pace of the reader. */
  async function startExport({ ctx, query, reply }: Call<typeof audit.export>): Promise<typeof reply> {
    const { format, ...filter } = query;
    // what is wrong with the query is said before the first byte
    localClock(query.timezone ?? 'UTC');
    conditionOf(filter);
    await mutation(db, ctx, 'audit:read', async () => [
      undefined,
      { action: 'audit.exported', object: 'audit', details: { format, ...filter } },
    ]);
    const output = new PassThrough({ highWaterMark: EXPORT_BUFFER_BYTES });
    reply
      .type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson')
      .header('content-disposition', `attachment; filename="audit.${format}"`)
      .header('x-accel-buffering', 'no')
      .send(output);
    await reading(db, ctx, 'audit:read', (inside) => exportAudit(inside, key, query, output)).then(
      () => output.end(),
      // after the first byte only breaking off says that the file is not whole
      (error) => output.destroy(error as Error),
    );
    return reply;
  }
}
