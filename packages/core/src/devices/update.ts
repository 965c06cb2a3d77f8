import type { Device } from '@muster/contract/devices';
import { keepingRules, type PlaceKinds } from '../places/index.ts';
import { tell } from '../platform/bus.ts';
import type { Context, TransactionContext } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { notFound, stale } from '../platform/errors.ts';
import { mutation } from '../platform/mutation.ts';
import { type DeviceFields, explain, requirePlace } from './create.ts';
import { type DeviceRow, type LiveState, viewDevice } from './view.ts';

/** @throws MusterError `not_found`, `stale`, `invalid` */
export const updateDevice = (
  db: Db,
  ctx: Context,
  deviceId: string,
  version: number,
  change: DeviceFields,
  kinds: PlaceKinds,
  live: LiveState,
): Promise<Device> =>
  mutation(db, ctx, 'device:write', async (inside) => {
    const find = () => inside.db.selectFrom('devices').selectAll().where('device_id', '=', deviceId);
    // places are locked before devices, everywhere
    const unlocked = await find().executeTakeFirst();
    if (!unlocked) throw notFound('device');
    if (change.placeId !== undefined && change.placeId !== unlocked.place_id)
      await requirePlace(inside, change.placeId);
    const settled = change.placeId === undefined && change.role === undefined;
    const places = settled ? [] : [unlocked.place_id, change.placeId];
    const before = await keepingRules(inside, kinds, places, async () => {
      const locked = await find().forUpdate().executeTakeFirst();
      if (!locked) throw notFound('device');
      if (locked.version !== version) throw stale('device');
      await write(inside, locked, change);
      return locked;
    });
    const row = await find().executeTakeFirstOrThrow();
    await tell(inside, { kind: 'device.changed', organizationId: ctx.organizationId, number: row.number, deviceId });
    const details = { before: viewDevice(before, () => undefined), after: viewDevice(row, () => undefined) };
    return [viewDevice(row, live), { action: 'device.updated', object: `device:${deviceId}`, details }];
  });

const write = (inside: TransactionContext, before: DeviceRow, change: DeviceFields) =>
  inside.db
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
      version: before.version + 1,
    })
    .where('number', '=', before.number)
    .execute()
    .catch(explain);
