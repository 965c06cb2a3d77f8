import type { Device, DeviceStatus } from '@muster/contract/devices';
import { sql } from 'kysely';
import { placesBelow } from '../places/index.ts';
import type { Context } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { notFound } from '../platform/errors.ts';
import { reading } from '../platform/mutation.ts';
import { page, readCursor } from '../platform/paging.ts';
import { type DeviceRow, type LiveState, viewDevice } from './view.ts';

export interface DeviceFilter {
  limit?: number;
  cursor?: string;
  placeId?: string;
  type?: string;
  status?: DeviceStatus;
  search?: string;
}

/** Devices by name, then id; `total` counts all that the filter matches. */
export const listDevices = (db: Db, ctx: Context, filter: DeviceFilter, live: LiveState) =>
  reading(db, ctx, 'device:read', async ({ db: trx }) => {
    const limit = filter.limit ?? 50;
    const after = readCursor(filter.cursor, 2);
    const pattern = filter.search === undefined ? undefined : `%${filter.search.replace(/[\\%_]/g, '\\$&')}%`;
    const conditions = [
      sql`true`,
      ...(filter.placeId ? [sql`place_id in ${placesBelow(filter.placeId)}`] : []),
      ...(filter.type ? [sql`type = ${filter.type}`] : []),
      ...(filter.status ? [sql`status = ${filter.status}`] : []),
      ...(pattern
        ? [sql`(device_id ilike ${pattern} or name ilike ${pattern} or serial_number ilike ${pattern})`]
        : []),
    ];
    const where = sql.join(conditions, sql` and `);
    const { rows } = await sql<DeviceRow>`
      select * from devices where ${where} ${after ? sql`and (name, device_id) > (${after[0]}, ${after[1]})` : sql``}
      order by name, device_id limit ${limit + 1}`.execute(trx);
    const counted = await sql<{ total: number }>`select count(*) as total from devices where ${where}`.execute(trx);
    const view = (row: DeviceRow) => viewDevice(row, live);
    return { ...page(rows, limit, view, (row) => [row.name, row.device_id]), total: counted.rows[0]?.total ?? 0 };
  });

/** @throws MusterError `not_found` */
export const getDevice = (db: Db, ctx: Context, deviceId: string, live: LiveState): Promise<Device> =>
  reading(db, ctx, 'device:read', async ({ db: trx }) => {
    const row = await trx.selectFrom('devices').selectAll().where('device_id', '=', deviceId).executeTakeFirst();
    if (!row) throw notFound('device');
    return viewDevice(row, live);
  });
