import { routes } from '@muster/contract/routes';
import type { Db } from '../platform/db/store.ts';
import type { Binder } from '../platform/http/bind.ts';
import { createPlace } from './create.ts';
import { deletePlace } from './delete.ts';
import { effectOnPlace } from './effect.ts';
import { exportPlaces } from './export.ts';
import type { StatusNow } from './health.ts';
import { type PlaceKinds, viewKinds } from './kinds.ts';
import { getPlace, listPlaces } from './list.ts';
import { updatePlace } from './update.ts';

export function bindPlaces(bind: Binder, db: Db, kinds: PlaceKinds, now: StatusNow): void {
  const { places } = routes;
  bind(places.list, ({ ctx, query }) => listPlaces(db, ctx, query, kinds, now));
  bind(places.kinds, async () => ({ items: viewKinds(kinds) }));
  bind(places.export, async ({ ctx, reply }) =>
    reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="places.csv"')
      .send(await exportPlaces(db, ctx)),
  );
  bind(places.get, ({ ctx, params }) => getPlace(db, ctx, params.id, kinds, now));
  bind(places.effect, ({ ctx, params, query }) => effectOnPlace(db, ctx, params.id, query, kinds));
  bind(places.create, ({ ctx, body }) => createPlace(db, ctx, body, kinds));
  bind(places.update, ({ ctx, params, body, version }) => updatePlace(db, ctx, params.id, version, body, kinds));
  bind(places.delete, ({ ctx, params }) => deletePlace(db, ctx, params.id));
}
