import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { sql } from 'kysely';
import type { TransactionContext } from '../platform/context.ts';
import { csvText } from '../platform/csv.ts';
import type { Channel } from './channel.ts';
import { qualityWord } from './check.ts';
import type { Layout } from './layouts.ts';

export interface ExportQuery {
  metrics: readonly string[];
  /** ms since 1970; `to` is not included. */
  from: number;
  to: number;
  format: 'csv' | 'ndjson';
}

interface Row {
  ts: Date;
  received: Date;
  boot: string | null;
  seq: number | null;
  layout: number;
  values: (number | null)[];
  other: Record<string, unknown> | null;
  quality: number[] | null;
}

/** Rows in memory at a time, whatever the length of the range. */
const ROWS_AT_ONCE = 2000;

/**
 * Streams every stored message of a range in the order of time. Memory stays constant: rows come from a cursor of the
 * store, and the next ones are fetched only when `output` has taken the last.
 * @returns how many messages were written
 */
export async function exportRange(
  ctx: TransactionContext,
  channel: Channel,
  layoutOf: (id: number) => Layout | undefined,
  query: ExportQuery,
  output: Writable,
): Promise<number> {
  const write = query.format === 'csv' ? csvLine : jsonLine;
  const wanted = new Set(query.metrics);
  await sql`declare messages no scroll cursor for
    select t.ts, t.received, b.boot, t.seq, t.layout, t."values", t.other, t.quality
    from telemetry t left join device_boots b on b.id = t.boot
    where t.organization = ${ctx.organizationNumber} and t.device = ${channel.number}
      and t.ts >= ${new Date(query.from)} and t.ts < ${new Date(query.to)}
    order by t.ts, t.received, t.seq`.execute(ctx.db);
  let messages = 0;
  if (query.format === 'csv')
    output.write(`ts,receivedAt,boot,seq,${query.metrics.map(csvText).join(',')},quality\r\n`);
  for (;;) {
    const { rows } = await sql<Row>`fetch ${sql.lit(ROWS_AT_ONCE)} from messages`.execute(ctx.db);
    let text = '';
    for (const row of rows) {
      const values = valuesOf(row, layoutOf, wanted);
      if (values.size === 0) continue;
      text += write(row, values, query.metrics);
      messages++;
    }
    if (output.destroyed) return messages;
    if (text !== '' && !output.write(text)) await Promise.race([once(output, 'drain'), once(output, 'close')]);
    if (rows.length < ROWS_AT_ONCE) return messages;
  }
}

type Values = Map<string, { value: unknown; quality: number }>;

function valuesOf(row: Row, layoutOf: (id: number) => Layout | undefined, wanted: ReadonlySet<string>): Values {
  const values: Values = new Map();
  for (const [index, metric] of (layoutOf(row.layout)?.metrics ?? []).entries()) {
    const value = row.values[index];
    if (value === null || value === undefined || !wanted.has(metric)) continue;
    values.set(metric, { value, quality: row.quality?.[index] ?? 0 });
  }
  const qualities = row.other?.$quality as Record<string, number> | undefined;
  for (const [metric, value] of Object.entries(row.other ?? {})) {
    if (metric !== '$quality' && wanted.has(metric)) values.set(metric, { value, quality: qualities?.[metric] ?? 0 });
  }
  return values;
}

function jsonLine(row: Row, values: Values): string {
  const quality = [...values]
    .filter(([, one]) => one.quality > 0)
    .map(([name, one]) => [name, qualityWord(one.quality)]);
  return `${JSON.stringify({
    ts: row.ts.toISOString(),
    receivedAt: row.received.toISOString(),
    ...(row.boot === null ? {} : { boot: row.boot }),
    ...(row.seq === null ? {} : { seq: row.seq }),
    values: Object.fromEntries([...values].map(([name, one]) => [name, one.value])),
    ...(quality.length > 0 ? { quality: Object.fromEntries(quality) } : {}),
  })}\n`;
}

function csvLine(row: Row, values: Values, metrics: readonly string[]): string {
  const cells = metrics.map((metric) => csvValue(values.get(metric)?.value));
  const quality = [...values]
    .filter(([, one]) => one.quality > 0)
    .map(([name, one]) => `${name}=${qualityWord(one.quality)}`);
  const head = [row.ts.toISOString(), row.received.toISOString(), csvText(row.boot ?? ''), row.seq ?? ''];
  return `${[...head, ...cells, csvText(quality.join(' '))].join(',')}\r\n`;
}

function csvValue(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? csvText(value) : String(value);
}
