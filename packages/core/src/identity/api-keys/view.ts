import type { ApiKey } from '@muster/contract/api-keys';
import type { Selectable } from 'kysely';
import type { TransactionContext } from '../../platform/context.ts';
import type { DB } from '../../platform/db/types.ts';
import { notFound } from '../../platform/errors.ts';

export type ApiKeyRow = Selectable<DB['api_keys']> & { device_id: string | null };

/** Keys with the name of the device that they are for. */
export const selectKeys = ({ db }: TransactionContext) =>
  db
    .selectFrom('api_keys')
    .leftJoin('devices', 'devices.number', 'api_keys.device')
    .selectAll('api_keys')
    .select('devices.device_id');

/** @throws MusterError `not_found` */
export async function readKey(ctx: TransactionContext, id: string): Promise<ApiKeyRow> {
  const row = await selectKeys(ctx).where('api_keys.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('API key');
  return row;
}

export const viewKey = (row: ApiKeyRow): ApiKey => ({
  id: row.id,
  name: row.name,
  hint: row.hint,
  permissions: row.permissions,
  placeId: row.place_id,
  deviceId: row.device_id,
  createdBy: row.created_by,
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at?.toISOString() ?? null,
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
  lastAddress: row.last_address,
  oldEndsAt: row.old_ends_at && row.old_ends_at > new Date() ? row.old_ends_at.toISOString() : null,
  version: row.version,
});
