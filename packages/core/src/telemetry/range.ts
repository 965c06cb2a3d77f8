import type { Series, Value } from '@muster/contract/telemetry';
import { sql } from 'kysely';
import type { TransactionContext } from '../platform/context.ts';
import { BUCKET_FIELDS, type Bucket, type Channel, MINUTE_MS } from './channel.ts';
import type { Layout } from './layouts.ts';
import type { Aggregate, RangeQuery } from './range-query.ts';
import { readStates, readValues } from './range-raw.ts';
import { extend, unite } from './stretches.ts';

/** What the store and the memory know of a device's rollups at one moment. */
export interface RollupView {
  /** Checkpoints up to this number are in the store; everything later is in `buckets`. */
  checkpoint: number;
  /** Checkpoints up to this number are in the hours too. */
  hoursCheckpoint: number;
  buckets: readonly { layout: number; bucket: Bucket }[];
}

const HOUR_MS = 3_600_000;

/** Per bucket start in ms: what the chosen source knows of it. */
export interface Cell {
  count: number;
  minimum: number;
  maximum: number;
  total: number;
  last: number;
  lastTs: number;
  bad: number;
}
export type Cells = Map<number, Cell>;

/**
 * Values over time, at most `points` buckets per metric. Short ranges are answered as they were sent; longer ones from the
 * raw values, the 1-minute or the 1-hour rollups, whichever is the coarsest that still fills the asked points.
 */
export async function readRange(
  ctx: TransactionContext,
  channel: Channel,
  layouts: readonly Layout[],
  query: RangeQuery,
  rollups: RollupView,
): Promise<Series[]> {
  const width = Math.max(1, Math.ceil((query.to - query.from) / query.points));
  const numeric = query.metrics.filter((metric) => layouts.some((layout) => layout.index.has(metric)));
  const series = new Map<string, Series>();
  const exact = width < MINUTE_MS ? await readValues(ctx, channel, layouts, numeric, query) : undefined;
  if (exact) {
    for (const one of exact) series.set(one.metric, one);
  } else {
    const step = width >= HOUR_MS / 2 ? HOUR_MS : width >= MINUTE_MS / 2 ? MINUTE_MS : 1;
    const resolution = Math.ceil(width / step) * step;
    const cells =
      step === 1
        ? await readRawCells(ctx, channel, layouts, numeric, query, resolution)
        : await readRollupCells(ctx, channel, layouts, numeric, query, resolution, step, rollups);
    for (const metric of numeric)
      series.set(metric, toSeries(channel, metric, cells.get(metric) ?? new Map(), query, resolution));
  }
  for (const metric of query.metrics) {
    // what is declared a number is never stored as anything else
    if (series.has(metric) && channel.type.metrics[metric]?.kind === 'number') continue;
    const states = await readStates(ctx, channel, metric, query);
    const numbers = series.get(metric);
    if (!numbers?.points.length) series.set(metric, states.points.length > 0 ? states : (numbers ?? states));
    else if (states.points.length > 0) {
      series.set(metric, mix(numbers, await readStates(ctx, channel, metric, query, layouts)));
    }
  }
  return query.metrics.map((metric) => series.get(metric) as Series);
}

/** A metric that told numbers and texts. A bucket of numbers holds good values only: bad texts beside it are left to `bad`. */
function mix(numbers: Series, states: Series): Series {
  const isBad = (ts: number) => states.bad.some(([from, to]) => ts >= from && ts < to);
  const told = numbers.resolution === 0 ? states.points : states.points.filter(([ts]) => !isBad(ts));
  return {
    ...numbers,
    points: [...numbers.points, ...told].sort((one, other) => one[0] - other[0]),
    bad: unite(numbers.bad, states.bad),
  };
}

interface Row {
  bucket: Date;
  [column: string]: unknown;
}

/** Aggregates the messages themselves, in the store. */
async function readRawCells(
  ctx: TransactionContext,
  channel: Channel,
  layouts: readonly Layout[],
  metrics: readonly string[],
  query: RangeQuery,
  width: number,
): Promise<Map<string, Cells>> {
  const result = new Map<string, Cells>();
  for (const layout of layouts) {
    const wanted = metrics.filter((metric) => layout.index.has(metric));
    if (wanted.length === 0) continue;
    const columns = wanted.map((metric, column) => {
      const at = sql.lit((layout.index.get(metric) as number) + 1);
      const value = sql`"values"[${at}]`;
      const good = sql`filter (where quality is null or quality[${at}] <> 2)`;
      const last =
        query.aggregate === 'last'
          ? sql`(array_agg(${value} order by ts desc) filter (where ${value} is not null and (quality is null or quality[${at}] <> 2)))[1]`
          : sql`null::float8`;
      return sql`count(${value}) ${good} as ${sql.ref(`n${column}`)}, min(${value}) ${good} as ${sql.ref(`a${column}`)},
        max(${value}) ${good} as ${sql.ref(`b${column}`)}, sum(${value}) ${good} as ${sql.ref(`s${column}`)},
        ${last} as ${sql.ref(`l${column}`)}, count(*) filter (where quality[${at}] = 2) as ${sql.ref(`x${column}`)}`;
    });
    const { rows } = await sql<Row>`
      select date_bin(${`${width} milliseconds`}::interval, ts, timestamptz 'epoch') as bucket, max(ts) as last_ts, ${sql.join(columns)}
      from telemetry where organization = ${ctx.organizationNumber} and device = ${channel.number} and layout = ${layout.id}
        and ts >= ${new Date(query.from)} and ts < ${new Date(query.to)}
      group by 1`.execute(ctx.db);
    addRows(result, wanted, rows);
  }
  return result;
}

/** Adds up rollup rows of the store and the buckets that are still in memory. */
async function readRollupCells(
  ctx: TransactionContext,
  channel: Channel,
  layouts: readonly Layout[],
  metrics: readonly string[],
  query: RangeQuery,
  width: number,
  step: number,
  rollups: RollupView,
): Promise<Map<string, Cells>> {
  const result = new Map<string, Cells>();
  const sources =
    step === HOUR_MS
      ? [
          { table: 'telemetry_hours' as const, after: -1, upto: rollups.hoursCheckpoint },
          { table: 'telemetry_minutes' as const, after: rollups.hoursCheckpoint, upto: rollups.checkpoint },
        ]
      : [{ table: 'telemetry_minutes' as const, after: -1, upto: rollups.checkpoint }];
  // a bucket of the source that lies in the range in part belongs to it as a whole, whichever table its minutes are in
  const from = new Date(Math.floor(query.from / step) * step);
  const to = new Date(Math.ceil(query.to / step) * step);
  for (const layout of layouts) {
    const wanted = metrics.filter((metric) => layout.index.has(metric));
    if (wanted.length === 0) continue;
    const columns = wanted.map((metric, column) => {
      const at = sql.lit((layout.index.get(metric) as number) + 1);
      const last =
        query.aggregate === 'last'
          ? sql`(array_agg(last[${at}] order by last_ts desc) filter (where counts[${at}] > 0))[1]`
          : sql`null::float8`;
      return sql`sum(counts[${at}]) as ${sql.ref(`n${column}`)}, min(minimum[${at}]) as ${sql.ref(`a${column}`)},
        max(maximum[${at}]) as ${sql.ref(`b${column}`)}, sum(total[${at}]) as ${sql.ref(`s${column}`)},
        ${last} as ${sql.ref(`l${column}`)}, coalesce(sum(bad[${at}]), 0) as ${sql.ref(`x${column}`)}`;
    });
    for (const source of sources) {
      const { rows } = await sql<Row>`
        select date_bin(${`${width} milliseconds`}::interval, bucket, timestamptz 'epoch') as bucket, max(last_ts) as last_ts, ${sql.join(columns)}
        from ${sql.table(source.table)}
        where organization = ${ctx.organizationNumber} and device = ${channel.number} and layout = ${layout.id}
          and bucket >= ${from} and bucket < ${to}
          and checkpoint > ${source.after} and checkpoint <= ${source.upto}
        group by 1`.execute(ctx.db);
      addRows(result, wanted, rows);
    }
    for (const { layout: id, bucket } of rollups.buckets) {
      const start = bucket.minute * MINUTE_MS;
      if (id !== layout.id || start < from.getTime() || start >= to.getTime()) continue;
      for (const metric of wanted) {
        const at = (layout.index.get(metric) as number) * BUCKET_FIELDS;
        const [count, minimum, maximum, total, last, bad] = bucket.values.subarray(
          at,
          at + BUCKET_FIELDS,
        ) as unknown as number[];
        const cell = { count, minimum, maximum, total, last, bad, lastTs: bucket.lastTs } as Cell;
        addCell(result, metric, Math.floor(start / width) * width, cell);
      }
    }
  }
  return result;
}

function addRows(into: Map<string, Cells>, metrics: readonly string[], rows: Row[]): void {
  for (const row of rows) {
    for (const [column, metric] of metrics.entries()) {
      const number = (prefix: string, absent: number) => Number(row[`${prefix}${column}`] ?? absent);
      addCell(into, metric, row.bucket.getTime(), {
        count: number('n', 0),
        minimum: number('a', Infinity),
        maximum: number('b', -Infinity),
        total: number('s', 0),
        last: number('l', Number.NaN),
        lastTs: (row.last_ts as Date).getTime(),
        bad: number('x', 0),
      });
    }
  }
}

function addCell(into: Map<string, Cells>, metric: string, start: number, cell: Cell): void {
  let cells = into.get(metric);
  if (!cells) {
    cells = new Map();
    into.set(metric, cells);
  }
  const before = cells.get(start);
  if (!before) {
    cells.set(start, cell);
    return;
  }
  if (cell.count > 0 && (before.count === 0 || cell.lastTs >= before.lastTs)) {
    before.last = cell.last;
    before.lastTs = cell.lastTs;
  }
  before.count += cell.count;
  before.minimum = Math.min(before.minimum, cell.minimum);
  before.maximum = Math.max(before.maximum, cell.maximum);
  before.total += cell.total;
  before.bad += cell.bad;
}

function toSeries(channel: Channel, metric: string, cells: Cells, query: RangeQuery, resolution: number): Series {
  const points: [number, Value][] = [];
  const bad: [number, number][] = [];
  for (const [start, cell] of [...cells].sort((one, other) => one[0] - other[0])) {
    if (cell.bad > 0) extend(bad, start, start + resolution);
    if (cell.count === 0) continue;
    if (query.aggregate === 'minmax') {
      points.push([start, cell.minimum]);
      if (cell.maximum !== cell.minimum) points.push([start + Math.floor(resolution / 2), cell.maximum]);
    } else {
      points.push([start, pick(cell, query.aggregate)]);
    }
  }
  return { metric, unit: channel.type.metrics[metric]?.unit ?? null, resolution, points, bad };
}

function pick(cell: Cell, aggregate: Exclude<Aggregate, 'minmax'>): number {
  if (aggregate === 'avg') return cell.total / cell.count;
  if (aggregate === 'min') return cell.minimum;
  return aggregate === 'max' ? cell.maximum : cell.last;
}
