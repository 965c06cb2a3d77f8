import type { LatestValue, Ledger } from '@muster/contract/telemetry';
import type { StoredMessage } from './account-rows.ts';
import { type Api, bodyOf } from './api.ts';
import type { ServerProcess } from './server-process.ts';
import { query } from './server-process-operator.ts';

const balance = ({ stored, duplicates, rejected, pending }: Ledger) =>
  stored + duplicates + pending + Object.values(rejected).reduce((sum, messages) => sum + messages, 0);

/** Where the ledger of the organization or of one of these devices does not agree with itself or with the rows. */
export async function ledgerFaults(api: Api, rows: readonly StoredMessage[], deviceIds: string[]): Promise<string[]> {
  const faults: string[] = [];
  const look = async (whose: string, ledger: Ledger, stored: number) => {
    if (ledger.received !== balance(ledger))
      faults.push(`${whose}: received is not the sum: ${JSON.stringify(ledger)}`);
    if (ledger.stored !== stored)
      faults.push(`${whose}: the ledger says ${ledger.stored} stored, there are ${stored} rows`);
    if (ledger.pending !== 0) faults.push(`${whose}: ${ledger.pending} pending`);
  };
  await look('the organization', await bodyOf<Ledger>(api.get('/telemetry/ledger')), rows.length);
  const counts = new Map<string, number>();
  for (const { deviceId } of rows) counts.set(deviceId, (counts.get(deviceId) ?? 0) + 1);
  for (const deviceId of deviceIds) {
    const ledger = await bodyOf<Ledger>(api.get('/telemetry/ledger', { query: { deviceId } }));
    await look(deviceId, ledger, counts.get(deviceId) ?? 0);
  }
  return faults;
}

/** The clock of a device whose newest message is further than this ahead of its receipt is wrong. */
const AHEAD_MS = 1000;

/** Devices of which the API tells other newest values than the rows hold. */
export async function latestFaults(api: Api, rows: readonly StoredMessage[], deviceIds: string[]): Promise<string[]> {
  const faults: string[] = [];
  const rowsOf = Map.groupBy(rows, ({ deviceId }) => deviceId);
  for (const deviceId of deviceIds) {
    const own = rowsOf.get(deviceId) ?? [];
    const { values } = await bodyOf<{ values: Record<string, LatestValue> }>(api.get(`/devices/${deviceId}/latest`));
    for (const [metric, newest] of newestOf(own)) {
      const said = values[metric];
      const fits = own.some(
        (row) =>
          said !== undefined &&
          row.values[metric] === said.value &&
          row.ts === Date.parse(said.ts) &&
          // a clock that runs ahead is ordered by receipt
          (newest.ts > newest.received + AHEAD_MS ? row.received >= newest.received - AHEAD_MS : row.ts === newest.ts),
      );
      if (!fits)
        faults.push(`${deviceId} ${metric}: ${JSON.stringify(said)}, newest at ${new Date(newest.ts).toISOString()}`);
    }
  }
  return faults;
}

/** The latest time and the latest receipt of each metric. */
function newestOf(rows: readonly StoredMessage[]): Map<string, { ts: number; received: number }> {
  const newest = new Map<string, { ts: number; received: number }>();
  for (const { ts, received, values } of rows) {
    for (const metric of Object.keys(values)) {
      const known = newest.get(metric);
      if (!known) newest.set(metric, { ts, received });
      else if (ts > known.ts || received > known.received) {
        known.ts = Math.max(known.ts, ts);
        known.received = Math.max(known.received, received);
      }
    }
  }
  return newest;
}

interface Difference {
  device: number;
  layout: number;
  bucket: Date;
  metric: number;
  raw: string;
  rolled: string;
}

/**
 * Minutes of which the rollups do not say what the rows say: count, minimum, maximum, sum and count of bad values per metric.
 * The rollups are complete up to the last checkpoint only: after a graceful stop, or by and by.
 */
export async function rollupFaults(server: ServerProcess): Promise<string[]> {
  const rows = await query<Difference>(
    server,
    `with raw as (
       select t.device, t.layout, date_trunc('minute', t.ts) as bucket, m.i as metric,
         count(m.value) filter (where m.quality is distinct from 2) as n,
         min(m.value) filter (where m.quality is distinct from 2) as a, max(m.value) filter (where m.quality is distinct from 2) as b,
         sum(m.value) filter (where m.quality is distinct from 2) as s, count(m.value) filter (where m.quality = 2) as x
       from telemetry t cross join lateral unnest(t."values", t.quality) with ordinality as m(value, quality, i) group by 1, 2, 3, 4),
     rolled as (
       select r.device, r.layout, r.bucket, m.i as metric, sum(m.count) as n, min(m.minimum) as a, max(m.maximum) as b,
         sum(m.total) filter (where m.count > 0) as s, coalesce(sum(m.bad), 0) as x
       from telemetry_minutes r cross join lateral unnest(r.counts, r.minimum, r.maximum, r.total, r.bad)
         with ordinality as m(count, minimum, maximum, total, bad, i) group by 1, 2, 3, 4)
     select device, layout, bucket, metric, (raw.*)::text as raw, (rolled.*)::text as rolled
     from raw full join rolled using (device, layout, bucket, metric)
     where raw.n is distinct from rolled.n or raw.a is distinct from rolled.a or raw.b is distinct from rolled.b
       or raw.x is distinct from rolled.x
       or abs(coalesce(raw.s, 0) - coalesce(rolled.s, 0)) > 1e-9 * greatest(1, abs(coalesce(raw.s, 0)))`,
  );
  return rows.map(
    ({ device, layout, bucket, metric, raw, rolled }) =>
      `device ${device} layout ${layout} metric ${metric} ${bucket.toISOString()}: rows ${raw}, rollup ${rolled}`,
  );
}
