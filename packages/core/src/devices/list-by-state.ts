import type { Device, DeviceStatus } from '@muster/contract/devices';
import { sql } from 'kysely';
import type { TransactionContext } from '../platform/context.ts';
import { readCursor, writeCursor } from '../platform/paging.ts';
import { conditionOf, type DeviceQuery } from './filter.ts';
import { type DeviceRow, type LiveState, viewDevice } from './view.ts';

/** What needs somebody stands first. */
const URGENCY: readonly DeviceStatus[] = ['error', 'offline', 'pending', 'maintenance', 'online'];

interface Entry {
  number: number;
  /** Its place in the order of names, among those that match. */
  index: number;
  /** What is sorted by before the name. */
  key: number;
}

/**
 * A list that depends on what memory knows better than the table: status and last word. All that match come as one text of numbers, which
 * costs little; the rows of the page are read by number.
 */
export async function listByState(
  { db }: TransactionContext,
  query: DeviceQuery,
  live: LiveState,
): Promise<{ items: Device[]; nextCursor: string | null; total: number }> {
  const { limit = 50, sort = 'name', status } = query;
  const after = readCursor(query.cursor, 3);
  const [before, upTo] = after
    ? [sql`(name, device_id) < (${after[1]}, ${after[2]})`, sql`(name, device_id) <= (${after[1]}, ${after[2]})`]
    : [sql`false`, sql`false`];
  const { rows } = await sql<{ matches: string; passed: number }>`
    select coalesce(string_agg(number::text || ':' || status || ':' ||
      coalesce((extract(epoch from last_seen_at) * 1000)::bigint, 0)::text, ',' order by name, device_id), '') as matches,
      (count(*) filter (where ${before}) + count(*) filter (where ${upTo}))::int as passed
    from devices where ${conditionOf(query)}`.execute(db);
  const entries = read(rows[0]?.matches ?? '', sort, status, live);
  const sign = sort.startsWith('-') ? -1 : 1;
  const compare = (one: Omit<Entry, 'number'>, other: Omit<Entry, 'number'>) =>
    sign * (one.key - other.key || one.index - other.index);
  entries.sort(compare);
  // a device that was deleted since is taken to stand between its neighbours: at a half
  const last = after && { key: Number(after[0]), index: ((rows[0]?.passed ?? 0) - 1) / 2 };
  const from = last ? entries.findIndex((entry) => compare(entry, last) > 0) : 0;
  const chosen = from < 0 ? [] : entries.slice(from, from + limit);
  const found = await readRows(db, chosen);
  const items = chosen.flatMap(({ number }) => found.get(number) ?? []);
  const end = chosen.at(-1);
  const endRow = end && found.get(end.number);
  const more = from >= 0 && entries.length > from + limit && end && endRow;
  return {
    items: items.map((row) => viewDevice(row, live)),
    nextCursor: more ? writeCursor([String(end.key), endRow.name, endRow.device_id]) : null,
    total: entries.length,
  };
}

function read(matches: string, sort: string, wanted: DeviceStatus | undefined, live: LiveState): Entry[] {
  const entries: Entry[] = [];
  if (matches === '') return entries;
  for (const [index, match] of matches.split(',').entries()) {
    const [number, stored, heard] = match.split(':') as [string, DeviceStatus, string];
    const now = live(Number(number));
    const status = now?.status ?? stored;
    if (wanted && status !== wanted) continue;
    const key = sort.endsWith('status')
      ? URGENCY.indexOf(status)
      : sort.endsWith('lastSeen')
        ? Math.max(now?.lastSeen ?? 0, Number(heard))
        : 0;
    entries.push({ number: Number(number), index, key });
  }
  return entries;
}

async function readRows(db: TransactionContext['db'], entries: readonly Entry[]): Promise<Map<number, DeviceRow>> {
  const numbers = entries.map(({ number }) => number);
  const { rows } = await sql<DeviceRow>`select * from devices where number = any(${numbers}::int[])`.execute(db);
  return new Map(rows.map((row) => [row.number, row]));
}
