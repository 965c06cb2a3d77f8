import { routes } from '@muster/contract/routes';
import type { Db } from '../platform/db/store.ts';
import type { Binder } from '../platform/http/bind.ts';
import { createPlace } from './create.ts';
import { deletePlace } from './delete.ts';
import { getPlace, listPlaces } from './list.ts';
import { updatePlace } from './update.ts';

export function bindPlaces(bind: Binder, db: Db, kinds: ReadonlySet<string>): void {
  const { places } = routes;
  bind(places.list, ({ ctx, query }) => listPlaces(db, ctx, query));
  bind(places.get, ({ ctx, params }) => getPlace(db, ctx, params.id));
  bind(places.create, ({ ctx, body }) => createPlace(db, ctx, body, kinds));
  bind(places.update, ({ ctx, params, body, version }) => updatePlace(db, ctx, params.id, version, body, kinds));
  bind(places.delete, ({ ctx, params }) => deletePlace(db, ctx, params.id));
}
