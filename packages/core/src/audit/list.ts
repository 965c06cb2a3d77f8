import { sql } from 'kysely';
import type { Context } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { reading } from '../platform/mutation.ts';
import { page, readCursor } from '../platform/paging.ts';
import { type AuditFilter, conditionOf } from './filter.ts';
import { type EntryRow, viewEntry } from './view.ts';

/** Entries of the organization, newest first. */
export const listAudit = (db: Db, ctx: Context, filter: AuditFilter & { limit?: number; cursor?: string }) =>
  reading(db, ctx, 'audit:read', async ({ db: trx }) => {
    const limit = filter.limit ?? 50;
    const after = readCursor(filter.cursor, 1);
    const { rows } = await sql<EntryRow>`
      select * from audit_entries where ${conditionOf(filter)} ${after ? sql`and seq < ${after[0]}::bigint` : sql``}
      order by seq desc limit ${limit + 1}`.execute(trx);
    return page(rows, limit, viewEntry, (row) => [String(row.seq)]);
  });
