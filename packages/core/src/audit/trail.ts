import { type Selectable, sql } from 'kysely';
import { GENESIS, type Head } from '../platform/audit-chain.ts';
import type { TransactionContext } from '../platform/context.ts';
import type { DB } from '../platform/db/types.ts';
import type { TrailItem } from './line.ts';
import type { Checkpoint } from './signing.ts';
import { chainedEntry, type EntryRow, viewCheckpoint } from './view.ts';

/** Rows in memory at a time, however long the trail is. */
const ROWS_AT_ONCE = 500;

export interface Trail {
  head: Head;
  checkpoints: number;
  /** Entries of before the chain, which have numbers up to 0. */
  unchained: number;
  /** From the oldest entry on, each checkpoint after the entry that it was taken over. */
  items(): AsyncGenerator<TrailItem>;
}

type Row = { [Column in keyof EntryRow]: EntryRow[Column] | null } & {
  head_seq: number | null;
  head_hash: string | null;
  head_checkpoints: number | null;
};

/** The whole trail of the organization as of one moment, in constant memory. */
export async function openTrail({ db, organizationId }: TransactionContext): Promise<Trail> {
  // one statement for the head and the entries: so they are of the same moment
  await sql`declare trail no scroll cursor for
    select e.*, h.seq as head_seq, h.hash as head_hash, h.checkpoints as head_checkpoints
    from organizations o left join audit_heads h on h.organization_id = o.id left join audit_entries e on e.organization_id = o.id
    where o.id = ${organizationId} order by e.seq`.execute(db);
  const fetch = async () => (await sql<Row>`fetch ${sql.lit(ROWS_AT_ONCE)} from trail`.execute(db)).rows;
  let rows = await fetch();
  const first = rows[0];
  const checkpoints = first?.head_checkpoints ?? 0;
  const signed = readCheckpoints(db, checkpoints);

  async function* items(): AsyncGenerator<TrailItem> {
    let next = await signed.next();
    for (;;) {
      for (const row of rows) {
        if (row.id === null) continue;
        const entry = chainedEntry(row as EntryRow);
        if (entry.seq <= 0) {
          yield { kind: 'unchained', ...entry };
          continue;
        }
        for (; next.value && next.value.seq < entry.seq; next = await signed.next())
          yield { kind: 'checkpoint', ...next.value };
        yield { kind: 'entry', ...entry };
      }
      if (rows.length < ROWS_AT_ONCE) break;
      rows = await fetch();
    }
    for (; next.value; next = await signed.next()) yield { kind: 'checkpoint', ...next.value };
  }
  const head = { seq: first?.head_seq ?? 0, hash: first?.head_hash ?? GENESIS };
  return { head, checkpoints, unchained: Math.max(0, 1 - (first?.seq ?? 1)), items };
}

async function* readCheckpoints(db: TransactionContext['db'], upTo: number): AsyncGenerator<Checkpoint, undefined> {
  for (let number = 0; ; ) {
    const rows: Selectable<DB['audit_checkpoints']>[] = await db
      .selectFrom('audit_checkpoints')
      .selectAll()
      .where('number', '>', number)
      .where('number', '<=', upTo)
      .orderBy('number')
      .limit(ROWS_AT_ONCE)
      .execute();
    for (const row of rows) yield viewCheckpoint(row);
    const last = rows.at(-1);
    if (!last) return undefined;
    number = last.number;
  }
}
