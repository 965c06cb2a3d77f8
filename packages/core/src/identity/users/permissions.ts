import type { AccessCatalogue } from '../../access/index.ts';
import type { Context } from '../../platform/context.ts';
import type { Db } from '../../platform/db/store.ts';
import { reading } from '../../platform/mutation.ts';
import { readHeld } from './rights.ts';
import { readPersonRow } from './view.ts';

/** What a person may, all roles added up, and where. Places are named with all below them. @throws MusterError `not_found` */
export const readPermissions = (db: Db, ctx: Context, id: string, catalogue: AccessCatalogue) =>
  reading(db, ctx, 'user:read', async (inside) => {
    await readPersonRow(inside, id);
    const { grants } = await readHeld(inside, id, catalogue);
    const devices = await inside.db
      .selectFrom('role_assignments')
      .innerJoin('devices', 'devices.number', 'role_assignments.device')
      .select(['devices.number', 'devices.device_id'])
      .where('role_assignments.user_id', '=', id)
      .execute();
    const ids = new Map(devices.map(({ number, device_id }) => [number, device_id]));
    const items = [...grants].map(([permission, scope]) => ({
      permission,
      everywhere: scope === 'everywhere',
      placeIds: scope === 'everywhere' ? [] : [...scope.places],
      deviceIds: scope === 'everywhere' ? [] : scope.devices.flatMap((number) => ids.get(number) ?? []),
    }));
    return { items };
  });
