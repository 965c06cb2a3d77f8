import type { EnrollmentToken } from '@muster/contract/enrollment';
import type { Selectable } from 'kysely';
import type { TransactionContext } from '../platform/context.ts';
import type { DB } from '../platform/db/types.ts';
import { notFound } from '../platform/errors.ts';

export type EnrollmentTokenRow = Selectable<DB['enrollment_tokens']>;

/** Locked until the end of the transaction. @throws MusterError `not_found` */
export async function readToken({ db }: TransactionContext, id: string): Promise<EnrollmentTokenRow> {
  const row = await db.selectFrom('enrollment_tokens').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row) throw notFound('enrollment token');
  return row;
}

export const viewToken = (row: EnrollmentTokenRow): EnrollmentToken => ({
  id: row.id,
  name: row.name,
  hint: row.hint,
  placeId: row.place_id,
  type: row.type,
  maxUses: row.max_uses,
  uses: row.uses,
  createdBy: row.created_by,
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
  lastAddress: row.last_address,
  version: row.version,
});
