import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { sql } from 'kysely';
import type { TransactionContext } from '../platform/context.ts';
import { csvText } from '../platform/csv.ts';
import { malformed } from '../platform/errors.ts';
import { type AuditFilter, conditionOf, isEmpty } from './filter.ts';
import { type ExportHead, writeLine } from './line.ts';
import type { AuditKey } from './signing.ts';
import { openTrail } from './trail.ts';
import { chainedEntry, type EntryRow } from './view.ts';

/** Rows in memory at a time, whatever the length of the trail. */
const ROWS_AT_ONCE = 500;
const CHUNK_CHARACTERS = 64 * 1024;

/**
 * Streams entries, the oldest first. Memory stays constant: the next rows are fetched only when `output` has taken the last.
 * @throws MusterError `malformed` for a time zone that there is not
 */
export async function exportAudit(
  inside: TransactionContext,
  key: AuditKey,
  { format, timezone = 'UTC', ...filter }: AuditFilter & { format: 'csv' | 'ndjson'; timezone?: string },
  output: Writable,
): Promise<void> {
  const lines =
    format === 'csv'
      ? csvLines(inside, filter, localClock(timezone))
      : isEmpty(filter)
        ? trailLines(inside, key)
        : entryLines(inside, key, filter);
  let text = '';
  for await (const line of lines) {
    text += line;
    if (text.length < CHUNK_CHARACTERS) continue;
    if (output.destroyed) return;
    if (!output.write(text)) await Promise.race([once(output, 'drain'), once(output, 'close')]);
    text = '';
  }
  if (!output.destroyed) output.write(text);
}

const headLine = (
  key: AuditKey,
  inside: TransactionContext,
  more: Pick<ExportHead, 'whole' | 'head' | 'checkpoints' | 'unchained'>,
) => {
  const { keyId, publicKey } = key;
  const { organizationId } = inside;
  const exportedAt = new Date().toISOString();
  const keys = [{ keyId, publicKey }];
  const content = { kind: 'export', format: 'muster-audit-1', organizationId, exportedAt, keys, ...more } as const;
  return `${writeLine(key.sign(content))}\n`;
};

async function* trailLines(inside: TransactionContext, key: AuditKey) {
  const { head, checkpoints, unchained, items } = await openTrail(inside);
  yield headLine(key, inside, { whole: true, head, checkpoints, unchained });
  for await (const item of items()) yield `${writeLine(item)}\n`;
}

async function* entryLines(inside: TransactionContext, key: AuditKey, filter: AuditFilter) {
  yield headLine(key, inside, { whole: false, head: null, checkpoints: 0, unchained: 0 });
  for await (const row of rowsOf(inside, filter)) {
    yield `${writeLine({ kind: row.seq > 0 ? 'entry' : 'unchained', ...chainedEntry(row) })}\n`;
  }
}

const columns = [
  'seq',
  'at',
  'atLocal',
  'actorKind',
  'actorId',
  'actorName',
  'action',
  'object',
  'result',
  'address',
  'userAgent',
  'details',
  'requestId',
  'hash',
];

async function* csvLines(inside: TransactionContext, filter: AuditFilter, local: (at: Date) => string) {
  yield `${columns.join(',')}\r\n`;
  for await (const row of rowsOf(inside, filter)) {
    const texts = [
      row.actor_kind,
      row.actor_id,
      row.actor_name,
      row.action,
      row.object,
      row.result,
      row.address ?? '',
      row.user_agent ?? '',
      JSON.stringify(row.details),
      row.request_id,
      row.hash ?? '',
    ];
    yield `${[row.seq, row.at.toISOString(), local(row.at), ...texts.map(csvText)].join(',')}\r\n`;
  }
}

async function* rowsOf({ db }: TransactionContext, filter: AuditFilter): AsyncGenerator<EntryRow> {
  await sql`declare entries no scroll cursor for
    select * from audit_entries where ${conditionOf(filter)} order by seq`.execute(db);
  for (;;) {
    const { rows } = await sql<EntryRow>`fetch ${sql.lit(ROWS_AT_ONCE)} from entries`.execute(db);
    yield* rows;
    if (rows.length < ROWS_AT_ONCE) return;
  }
}

/** Writes times as a clock in the zone shows them, with the distance to UTC. @throws MusterError `malformed` */
export function localClock(timeZone: string): (at: Date) => string {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-GB', { timeZone, ...clock });
  } catch {
    throw malformed('The query is not right.', [
      { path: '/timezone', message: 'is not a time zone, as Europe/Warsaw' },
    ]);
  }
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    const { year, month, day, hour, minute, second, fractionalSecond, timeZoneName } = parts;
    const offset = timeZoneName === 'GMT' ? '+00:00' : timeZoneName?.replace('GMT', '');
    return `${year}-${month}-${day}T${hour}:${minute}:${second}.${fractionalSecond}${offset}`;
  };
}

const clock = {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
  timeZoneName: 'longOffset',
} as const;
