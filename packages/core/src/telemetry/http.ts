import { PassThrough } from 'node:stream';
import { routes } from '@muster/contract/routes';
import type { Binder, Call } from '../platform/http/bind.ts';
import { createLongAnswers } from '../platform/http/long-answers.ts';
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

/** Exports at once. */
const AT_ONCE = 3;
const AT_ONCE_OF_ONE = 2;
const EXPORT_BUFFER_BYTES = 256 * 1024;

export function bindTelemetry(bind: Binder, deps: ReadDeps): void {
  const { telemetry } = routes;
  const inTurn = createLongAnswers(AT_ONCE, AT_ONCE_OF_ONE, `${AT_ONCE_OF_ONE} exports are under way already.`);

  bind(telemetry.latest, ({ ctx, params }) => readLatest(deps, ctx, params.deviceId));
  bind(telemetry.range, ({ ctx, params, query }) => readSeries(deps, ctx, params.deviceId, query));
  bind(telemetry.events, ({ ctx, params, query }) => listEvents(deps, ctx, params.deviceId, query));
  bind(telemetry.rejectedMessages, ({ ctx, params, query }) => listRejected(deps, ctx, params.deviceId, query));
  bind(telemetry.ledger, ({ ctx, query }) => readLedger(deps, ctx, query.deviceId));

  bind(telemetry.export, async (call) => {
    const bounds = readBounds(call.query);
    return inTurn(call, () => writeExport(bounds, call));
  });

  /** Answers as soon as the device and the range are known to be right; the rows follow at the pace of the reader. */
  async function writeExport(
    bounds: { from: number; to: number },
    { ctx, params: { deviceId }, query, reply }: Call<typeof telemetry.export>,
  ): Promise<typeof reply> {
    const { format } = query;
    const output = new PassThrough({ highWaterMark: EXPORT_BUFFER_BYTES });
    let begun = false;
    try {
      await reading(deps.db, ctx, 'telemetry:read', async (transaction) => {
        const channel = await channelOf(deps, transaction, deviceId);
        const metrics = metricsOf(channel, query.metrics);
        begun = true;
        reply
          .type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson')
          .header('content-disposition', `attachment; filename="${deviceId}.${format}"`)
          .header('x-accel-buffering', 'no')
          .send(output);
        const { byId } = deps.telemetry.layouts;
        await exportRange(transaction, channel, byId, { ...bounds, metrics, format }, output);
      });
      output.end();
    } catch (error) {
      // before the first byte it is an answer; after it only breaking off says that the file is not whole
      if (!begun) throw error;
      output.destroy(error as Error);
    }
    return reply;
  }
}
