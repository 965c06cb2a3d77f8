import { routes } from '@muster/contract/routes';
import type { PlaceKinds } from '../places/index.ts';
import type { Db } from '../platform/db/store.ts';
import type { Binder } from '../platform/http/bind.ts';
import { createDevice } from './create.ts';
import { deleteDevice } from './delete.ts';
import { exportDevices } from './export.ts';
import { readFacets } from './facets.ts';
import { getDevice, listDevices } from './list.ts';
import { rotateToken } from './rotate-token.ts';
import type { DeviceTypes } from './types.ts';
import { updateDevice } from './update.ts';
import type { LiveState } from './view.ts';

export function bindDevices(bind: Binder, db: Db, types: DeviceTypes, kinds: PlaceKinds, live: LiveState): void {
  const { devices } = routes;
  bind(devices.list, ({ ctx, query }) => listDevices(db, ctx, query, live));
  bind(devices.facets, ({ ctx }) => readFacets(db, ctx));
  bind(devices.export, async ({ ctx, query, reply }) =>
    reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="devices.csv"')
      .send(await exportDevices(db, ctx, query, live)),
  );
  bind(devices.get, ({ ctx, params }) => getDevice(db, ctx, params.deviceId, live));
  bind(devices.create, ({ ctx, body }) => createDevice(db, ctx, body, types.byId, kinds, live));
  bind(devices.update, ({ ctx, params, body, version }) =>
    updateDevice(db, ctx, params.deviceId, version, body, kinds, live),
  );
  bind(devices.delete, ({ ctx, params }) => deleteDevice(db, ctx, params.deviceId));
  bind(devices.rotateToken, ({ ctx, params, body }) => rotateToken(db, ctx, params.deviceId, body.grace ?? '0s'));
  bind(devices.types, async () => ({ items: types.list() }));
  bind(devices.type, async ({ params }) => types.get(params.id));
}
