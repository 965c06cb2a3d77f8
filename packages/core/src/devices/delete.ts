import { tell } from '../platform/bus.ts';
import type { Context } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { notFound } from '../platform/errors.ts';
import { mutation } from '../platform/mutation.ts';
import { viewDevice } from './view.ts';

/** Its credential and connections end at once; its values go with their retention. @throws MusterError `not_found` */
export const deleteDevice = (db: Db, ctx: Context, deviceId: string): Promise<void> =>
  mutation(db, ctx, 'device:write', async (inside) => {
    const row = await inside.db
      .deleteFrom('devices')
      .where('device_id', '=', deviceId)
      .returningAll()
      .executeTakeFirst();
    if (!row) throw notFound('device');
    await tell(inside, { kind: 'device.deleted', organizationId: ctx.organizationId, number: row.number, deviceId });
    const details = { before: viewDevice(row, () => undefined) };
    return [undefined, { action: 'device.deleted', object: `device:${deviceId}`, details }];
  });
