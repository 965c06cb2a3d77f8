import type { DeviceOrder, DeviceStatus } from '@muster/contract/devices';
import { type RawBuilder, sql } from 'kysely';
import { placesBelow } from '../places/index.ts';

export interface DeviceFilter {
  placeId?: string;
  type?: string;
  status?: DeviceStatus;
  label?: string;
  role?: string;
  firmwareVersion?: string;
  search?: string;
}

export interface DeviceQuery extends DeviceFilter {
  limit?: number;
  cursor?: string;
  sort?: DeviceOrder;
}

/** What the table knows of the filter: everything but the status, which memory knows first. */
export function conditionOf(filter: DeviceFilter): RawBuilder<boolean> {
  const { placeId, type, label, role, firmwareVersion, search } = filter;
  const pattern = search === undefined ? undefined : `%${search.replace(/[\\%_]/g, '\\$&')}%`;
  const conditions = [
    sql<boolean>`true`,
    ...(placeId ? [sql`place_id = any(array${placesBelow(placeId)})`] : []),
    ...(type ? [sql`type = ${type}`] : []),
    ...(role ? [sql`role = ${role}`] : []),
    ...(firmwareVersion ? [sql`firmware_version = ${firmwareVersion}`] : []),
    ...(label
      ? [
          sql`(${label} = any(labels) or place_id = any(array(select id from places where ${label} = any(labels || inherited_labels))))`,
        ]
      : []),
    ...(pattern ? [sql`(device_id ilike ${pattern} or name ilike ${pattern} or serial_number ilike ${pattern})`] : []),
  ];
  return sql<boolean>`${sql.join(conditions, sql` and `)}`;
}
