import type { Device } from '@muster/contract/devices';
import { sql } from 'kysely';
import type { Context } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { notFound } from '../platform/errors.ts';
import { reading } from '../platform/mutation.ts';
import { page, readCursor } from '../platform/paging.ts';
import { conditionOf, type DeviceQuery } from './filter.ts';
import { listByState } from './list-by-state.ts';
import { type DeviceRow, type LiveState, viewDevice } from './view.ts';

/** Devices in the order that is asked for, by name, then id, where that leaves it open; `total` counts all that the filter matches. */
export const listDevices = (db: Db, ctx: Context, query: DeviceQuery, live: LiveState) =>
  reading(db, ctx, 'device:read', async (inside) => {
    const { limit = 50, sort = 'name' } = query;
    if (query.status || (sort !== 'name' && sort !== '-name')) return listByState(inside, query, live);
    const after = readCursor(query.cursor, 2);
    const where = conditionOf(query);
    const [beyond, direction] = sort === 'name' ? [sql`>`, sql`asc`] : [sql`<`, sql`desc`];
    const { rows } = await sql<DeviceRow>`
      select * from devices where ${where} ${after ? sql`and (name, device_id) ${beyond} (${after[0]}, ${after[1]})` : sql``}
      order by name ${direction}, device_id ${direction} limit ${limit + 1}`.execute(inside.db);
    const counted = await sql<{ total: number }>`select count(*) as total from devices where ${where}`.execute(
      inside.db,
    );
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
