import { deviceColumns } from '@muster/contract/imports';
import { sql } from 'kysely';
import { pathOf, readTree } from '../places/index.ts';
import type { Context } from '../platform/context.ts';
import { csvText } from '../platform/csv.ts';
import { joinLabels } from '../platform/csv-labels.ts';
import type { Db } from '../platform/db/store.ts';
import { reading } from '../platform/mutation.ts';
import { conditionOf, type DeviceFilter } from './filter.ts';
import { type DeviceRow, type LiveState, viewDevice } from './view.ts';

/** The devices that match, by name. */
export const exportDevices = (db: Db, ctx: Context, filter: DeviceFilter, live: LiveState): Promise<string> =>
  reading(db, ctx, 'device:read', async (inside) => {
    const { byId } = await readTree(inside);
    const { rows } = await sql<DeviceRow>`
      select * from devices where ${conditionOf(filter)} order by name, device_id`.execute(inside.db);
    let text = `${deviceColumns.join(',')}\r\n`;
    for (const row of rows) {
      const device = viewDevice(row, live);
      if (filter.status && device.status !== filter.status) continue;
      const place = row.place_id === null ? undefined : byId.get(row.place_id);
      const cells: Record<(typeof deviceColumns)[number], string> = {
        deviceId: device.deviceId,
        name: device.name,
        type: device.type,
        place: place ? pathOf(place) : '',
        role: device.role ?? '',
        serialNumber: device.serialNumber ?? '',
        firmwareVersion: device.firmwareVersion ?? '',
        ipAddress: device.ipAddress ?? '',
        macAddress: device.macAddress ?? '',
        labels: joinLabels(device.labels),
        attributes: Object.keys(device.attributes).length === 0 ? '' : JSON.stringify(device.attributes),
        status: device.status,
        lastSeenAt: device.lastSeenAt ?? '',
      };
      text += `${deviceColumns.map((column) => csvText(cells[column])).join(',')}\r\n`;
    }
    return text;
  });
