import { PassThrough } from 'node:stream';
import { routes } from '@muster/contract/routes';
import type { Db } from '../platform/db/store.ts';
import type { Binder, Call } from '../platform/http/bind.ts';
import { createLongAnswers } from '../platform/http/long-answers.ts';
import { mutation, reading } from '../platform/mutation.ts';
import { exportAudit, localClock } from './export.ts';
import { conditionOf } from './filter.ts';
import { listAudit } from './list.ts';
import type { AuditKey } from './signing.ts';
import { verifyAudit } from './verify.ts';

/** Exports and verifications at once. */
const AT_ONCE = 4;
const AT_ONCE_OF_ONE = 2;
const EXPORT_BUFFER_BYTES = 256 * 1024;

export function bindAudit(bind: Binder, { db, key, dataDir }: { db: Db; key: AuditKey; dataDir: string }): void {
  const { audit } = routes;
  const inTurn = createLongAnswers(AT_ONCE, AT_ONCE_OF_ONE, 'The audit trail is being read already. Wait a moment.');

  bind(audit.list, ({ ctx, query }) => listAudit(db, ctx, query));
  bind(audit.verify, (call) => inTurn(call, () => verifyAudit(db, call.ctx, key, dataDir)));
  bind(audit.export, (call) => inTurn(call, () => startExport(call)));

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
