import type { Device } from '@muster/contract/devices';
import type { Context } from '../platform/context.ts';
import { type Db, isForeignKeyViolation, isUniqueViolation } from '../platform/db/store.ts';
import { conflict, invalid } from '../platform/errors.ts';
import { mutation } from '../platform/mutation.ts';
import { type LiveState, viewDevice } from './view.ts';

export interface DeviceFields {
  name?: string;
  placeId?: string | null;
  role?: string;
  serialNumber?: string;
  firmwareVersion?: string;
  ipAddress?: string;
  macAddress?: string;
  attributes?: Record<string, string | number | boolean>;
  labels?: string[];
}

/** @throws MusterError `invalid` for an unknown type or place, `conflict` when the id is taken */
export const createDevice = (
  db: Db,
  ctx: Context,
  input: DeviceFields & { deviceId: string; type: string },
  types: ReadonlyMap<string, unknown>,
  live: LiveState,
): Promise<Device> =>
  mutation(db, ctx, 'device:write', async (inside) => {
    if (!types.has(input.type)) {
      throw invalid('There is no such device type.', [
        { path: '/type', message: `must be one of ${[...types.keys()].join(', ')}` },
      ]);
    }
    const row = await inside.db
      .insertInto('devices')
      .values({
        organization_id: ctx.organizationId,
        device_id: input.deviceId,
        name: input.name?.trim() ?? input.deviceId,
        type: input.type,
        place_id: input.placeId ?? null,
        role: input.role ?? null,
        serial_number: input.serialNumber ?? null,
        firmware_version: input.firmwareVersion ?? null,
        ip_address: input.ipAddress ?? null,
        mac_address: input.macAddress ?? null,
        attributes: JSON.stringify(input.attributes ?? {}),
        labels: input.labels ?? [],
      })
      .returningAll()
      .executeTakeFirstOrThrow()
      .catch(explain);
    const device = viewDevice(row, live);
    return [device, { action: 'device.created', object: `device:${row.device_id}`, details: { after: device } }];
  });

/** Says in words what the table refused. */
export function explain(error: unknown): never {
  if (isUniqueViolation(error)) throw conflict('There is a device of this id already.');
  if (isForeignKeyViolation(error)) {
    throw invalid('The place is not there.', [{ path: '/placeId', message: 'must be a place of this organization' }]);
  }
  throw error;
}
