import { PassThrough } from 'node:stream';
import { routes } from '@muster/contract/routes';
import type { Context } from '../platform/context.ts';
import { tooMany } from '../platform/errors.ts';
import type { Binder, Call } from '../platform/http/bind.ts';
import { reading } from '../platform/mutation.ts';
import { exportRange } from './export.ts';
import {
  channelOf,
  listEvents,
  listRejected,
  metricsOf,
  type ReadDeps,
  readBounds,
  readLatest,
  readLedger,
  readSeries,
} from './read.ts';

/** Exports at once: each holds a connection of the database for its whole length. */
const MAXIMUM_EXPORTS = 3;
const EXPORT_BUFFER_BYTES = 256 * 1024;

export function bindTelemetry(bind: Binder, deps: ReadDeps): void {
  const { telemetry } = routes;
  let exports = 0;

  bind(telemetry.latest, ({ ctx, params }) => readLatest(deps, ctx, params.deviceId));
  bind(telemetry.range, ({ ctx, params, query }) => readSeries(deps, ctx, params.deviceId, query));
  bind(telemetry.events, ({ ctx, params, query }) => listEvents(deps, ctx, params.deviceId, query));
  bind(telemetry.rejectedMessages, ({ ctx, params, query }) => listRejected(deps, ctx, params.deviceId, query));
  bind(telemetry.ledger, ({ ctx, query }) => readLedger(deps, ctx, query.deviceId));

  bind(telemetry.export, async (call) => {
    if (exports >= MAXIMUM_EXPORTS) throw tooMany(`${MAXIMUM_EXPORTS} exports are under way already.`, 5);
    return startExport(call.ctx, readBounds(call.query), call);
  });

  /** Answers as soon as the device and the range are known to be right; the rows follow at the pace of the reader. */
  function startExport(
    ctx: Context,
    bounds: { from: number; to: number },
    { params, query, reply }: Call<typeof telemetry.export>,
  ): Promise<typeof reply> {
    const { deviceId } = params;
    exports++;
    return new Promise((resolve, reject) => {
      const output = new PassThrough({ highWaterMark: EXPORT_BUFFER_BYTES });
      let begun = false;
      reading(deps.db, ctx, 'telemetry:read', async (transaction) => {
        const channel = await channelOf(deps, transaction, deviceId);
        const metrics = metricsOf(channel, query.metrics);
        const type = query.format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson';
        begun = true;
        reply
          .type(type)
          .header('content-disposition', `attachment; filename="${deviceId}.${query.format}"`)
          .header('x-accel-buffering', 'no')
          .send(output);
        resolve(reply);
        await exportRange(
          transaction,
          channel,
          deps.telemetry.layouts.byId,
          { ...bounds, metrics, format: query.format },
          output,
        );
      })
        .then(
          () => output.end(),
          (error) => {
            // before the first byte it is an answer; after it only breaking off says that the file is not whole
            if (begun) output.destroy(error as Error);
            else reject(error);
          },
        )
        .finally(() => exports--);
    });
  }
}
