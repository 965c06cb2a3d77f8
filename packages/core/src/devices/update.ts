import type { Device } from '@muster/contract/devices';
import { tell } from '../platform/bus.ts';
import type { Context } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { notFound, stale } from '../platform/errors.ts';
import { mutation } from '../platform/mutation.ts';
import { type DeviceFields, explain, requirePlace } from './create.ts';
import { type LiveState, viewDevice } from './view.ts';

/** @throws MusterError `not_found`, `stale`, `invalid` */
export const updateDevice = (
  db: Db,
  ctx: Context,
  deviceId: string,
  version: number,
  change: DeviceFields,
  live: LiveState,
): Promise<Device> =>
  mutation(db, ctx, 'device:write', async (inside) => {
    const before = await inside.db
      .selectFrom('devices')
      .selectAll()
      .where('device_id', '=', deviceId)
      .forUpdate()
      .executeTakeFirst();
    if (!before) throw notFound('device');
    if (before.version !== version) throw stale('device');
    if (change.placeId !== undefined && change.placeId !== before.place_id) await requirePlace(inside, change.placeId);
    const row = await inside.db
      .updateTable('devices')
      .set({
        name: change.name?.trim() ?? before.name,
        place_id: change.placeId === undefined ? before.place_id : change.placeId,
        role: change.role ?? before.role,
        serial_number: change.serialNumber ?? before.serial_number,
        firmware_version: change.firmwareVersion ?? before.firmware_version,
        ip_address: change.ipAddress ?? before.ip_address,
        mac_address: change.macAddress ?? before.mac_address,
        attributes: JSON.stringify(change.attributes ?? before.attributes),
        labels: change.labels ?? before.labels,
        version: version + 1,
      })
      .where('number', '=', before.number)
      .returningAll()
      .executeTakeFirstOrThrow()
      .catch(explain);
    await tell(inside, { kind: 'device.changed', organizationId: ctx.organizationId, number: row.number, deviceId });
    const details = { before: viewDevice(before, () => undefined), after: viewDevice(row, () => undefined) };
    return [viewDevice(row, live), { action: 'device.updated', object: `device:${deviceId}`, details }];
  });
