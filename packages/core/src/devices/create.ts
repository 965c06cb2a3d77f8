import type { Device } from '@muster/contract/devices';
import { keepingRules, type PlaceKinds } from '../places/index.ts';
import type { Context, TransactionContext } from '../platform/context.ts';
import { type Db, isForeignKeyViolation, isUniqueViolation } from '../platform/db/store.ts';
import { conflict, invalid } from '../platform/errors.ts';
import { mutation } from '../platform/mutation.ts';
import { type DeviceRow, type LiveState, viewDevice } from './view.ts';

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

export type NewDevice = DeviceFields & { deviceId: string; type: string };

/** @throws MusterError `invalid` for an unknown type or place, `conflict` when the id is taken */
export const createDevice = (
  db: Db,
  ctx: Context,
  input: NewDevice,
  types: ReadonlyMap<string, unknown>,
  kinds: PlaceKinds,
  live: LiveState,
): Promise<Device> =>
  mutation(db, ctx, 'device:write', async (inside) => {
    const row = await addDevice(inside, input, types, kinds);
    const device = viewDevice(row, live);
    return [device, { action: 'device.created', object: `device:${row.device_id}`, details: { after: device } }];
  });

/** The address of the export: a device of this name could not be read. */
export const RESERVED_ID = 'export';

/** The row of a new device. @throws MusterError `invalid`, also when the place does not take it, `conflict` */
export async function addDevice(
  ctx: TransactionContext,
  input: NewDevice,
  types: ReadonlyMap<string, unknown>,
  kinds: PlaceKinds,
): Promise<DeviceRow> {
  requireType(input.type, types);
  if (input.deviceId === RESERVED_ID) throw conflict('There is a device of this id already.');
  await requirePlace(ctx, input.placeId);
  return keepingRules(ctx, kinds, [input.placeId], () => insertDevice(ctx, input));
}

const insertDevice = (ctx: TransactionContext, input: NewDevice): Promise<DeviceRow> =>
  ctx.db
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

/** @throws MusterError `invalid` */
export function requireType(type: string, types: ReadonlyMap<string, unknown>): void {
  if (types.has(type)) return;
  throw invalid('There is no such device type.', [
    { path: '/type', code: 'type-unknown', message: `must be one of ${[...types.keys()].join(', ')}` },
  ]);
}

/** A device is put where whoever puts it sees. @throws MusterError `invalid` */
export async function requirePlace({ db }: TransactionContext, placeId: string | null | undefined): Promise<void> {
  if (!placeId) return;
  const place = await db.selectFrom('places').select('id').where('id', '=', placeId).executeTakeFirst();
  if (!place) throw noSuchPlace();
}

const noSuchPlace = () =>
  invalid('The place is not there.', [
    { path: '/placeId', code: 'place-unknown', message: 'must be a place of this organization' },
  ]);

/** Says in words what the table refused. */
export function explain(error: unknown): never {
  if (isUniqueViolation(error)) throw conflict('There is a device of this id already.');
  if (isForeignKeyViolation(error)) throw noSuchPlace();
  throw error;
}
