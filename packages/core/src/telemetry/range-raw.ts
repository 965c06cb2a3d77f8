import type { Series, Value } from '@muster/contract/telemetry';
import { sql } from 'kysely';
import type { TransactionContext } from '../platform/context.ts';
import { BAD, type Channel } from './channel.ts';
import type { Layout } from './layouts.ts';
import type { RangeQuery } from './range-query.ts';
import { extend } from './stretches.ts';

interface Row {
  ts: Date;
  layout: number;
  values: (number | null)[];
  quality: number[] | null;
}

/**
 * Every value as it was sent, when that is at most twice the asked points; undefined when there are more: the caller
 * aggregates then.
 */
export async function readValues(
  ctx: TransactionContext,
  channel: Channel,
  layouts: readonly Layout[],
  metrics: readonly string[],
  query: RangeQuery,
): Promise<Series[] | undefined> {
  const most = query.points * 2;
  const byId = new Map(
    layouts.filter((layout) => metrics.some((metric) => layout.index.has(metric))).map((l) => [l.id, l]),
  );
  if (byId.size === 0) return [];
  const { rows } = await sql<Row>`
    select ts, layout, "values", quality from telemetry
    where organization = ${ctx.organizationNumber} and device = ${channel.number} and layout = any(${[...byId.keys()]}::int[])
      and ts >= ${new Date(query.from)} and ts < ${new Date(query.to)}
    order by ts limit ${most + 1}`.execute(ctx.db);
  if (rows.length > most) return undefined;
  return metrics.map((metric) => {
    const one: Series = {
      metric,
      unit: channel.type.metrics[metric]?.unit ?? null,
      resolution: 0,
      points: [],
      bad: [],
    };
    for (const [at, row] of rows.entries()) {
      const index = byId.get(row.layout)?.index.get(metric);
      const value = index === undefined ? null : row.values[index];
      if (value === null || value === undefined) continue;
      const ts = row.ts.getTime();
      one.points.push([ts, value]);
      if (row.quality?.[index as number] === BAD) extend(one.bad, ts, endOf(rows, at, channel.type.intervalMs));
    }
    return one;
  });
}

/**
 * Booleans and texts: only where they change, which is what there is to see of them. The newest `points` changes.
 * @param layouts of the metric's numbers, where it told some too: a number between two equal texts makes the second a change
 */
export async function readStates(
  ctx: TransactionContext,
  channel: Channel,
  metric: string,
  query: RangeQuery,
  layouts: readonly Layout[] = [],
): Promise<Series> {
  const numbers = layouts.flatMap(({ id, index }) => {
    const at = index.get(metric);
    return at === undefined ? [] : [sql`or layout = ${sql.lit(id)} and "values"[${sql.lit(at + 1)}] is not null`];
  });
  const { rows } = await sql<{ ts: Date; value: Value; bad: boolean }>`
    select * from (
      select ts, value, bad from (
        select ts, other -> ${metric} as value, coalesce(other -> '$quality' ->> ${metric}, '0') = '2' as bad,
          lag(other -> ${metric}) over (order by ts) as before
        from telemetry
        where organization = ${ctx.organizationNumber} and device = ${channel.number}
          and (other is not null and other ? ${metric} ${sql.join(numbers, sql` `)})
          and ts >= ${new Date(query.from)} and ts < ${new Date(query.to)}) changes
      where value is not null and (before is distinct from value or bad)
      order by ts desc limit ${query.points}) newest
    order by ts`.execute(ctx.db);
  const one: Series = { metric, unit: channel.type.metrics[metric]?.unit ?? null, resolution: 0, points: [], bad: [] };
  for (const [at, { ts, value, bad }] of rows.entries()) {
    one.points.push([ts.getTime(), value]);
    if (bad) extend(one.bad, ts.getTime(), endOf(rows, at, channel.type.intervalMs));
  }
  return one;
}

/** A value holds for the usual interval, and not longer than until the next one, ms. */
function endOf(rows: readonly { ts: Date }[], at: number, intervalMs: number): number {
  const end = (rows[at] as { ts: Date }).ts.getTime() + intervalMs;
  return Math.min(end, rows[at + 1]?.ts.getTime() ?? end);
}
