import type { Device, DeviceStatus } from '@muster/contract/devices';
import type { Selectable } from 'kysely';
import type { DB } from '../platform/db/types.ts';

export type DeviceRow = Selectable<DB['devices']>;

/** What memory knows better than the table, which is written a little later. */
export type LiveState = (device: number) => { status: DeviceStatus; lastSeen: number } | undefined;

export function viewDevice(row: DeviceRow, live: LiveState): Device {
  const now = live(row.number);
  const seen = Math.max(now?.lastSeen ?? 0, row.last_seen_at?.getTime() ?? 0);
  return {
    deviceId: row.device_id,
    name: row.name,
    type: row.type,
    placeId: row.place_id,
    ...(row.role === null ? {} : { role: row.role }),
    ...(row.serial_number === null ? {} : { serialNumber: row.serial_number }),
    ...(row.firmware_version === null ? {} : { firmwareVersion: row.firmware_version }),
    ...(row.ip_address === null ? {} : { ipAddress: row.ip_address }),
    ...(row.mac_address === null ? {} : { macAddress: row.mac_address }),
    status: now?.status ?? (row.status as DeviceStatus),
    lastSeenAt: seen > 0 ? new Date(seen).toISOString() : null,
    attributes: row.attributes as Record<string, unknown>,
    labels: row.labels,
    version: row.version,
  };
}
