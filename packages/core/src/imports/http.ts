import { routes } from '@muster/contract/routes';
import type { PlaceKinds } from '../places/index.ts';
import type { Db } from '../platform/db/store.ts';
import type { Binder } from '../platform/http/bind.ts';
import { createTurns } from '../platform/turns.ts';
import { importDevices } from './import-devices.ts';
import { importPlaces } from './import-places.ts';

/** Files that are read at once: each of them is some megabytes of rows in memory. */
const AT_ONCE = 2;

interface ImportDeps {
  db: Db;
  types: ReadonlyMap<string, unknown>;
  kinds: PlaceKinds;
}

export function bindImports(bind: Binder, { db, types, kinds }: ImportDeps): void {
  const { imports } = routes;
  const inTurn = createTurns(AT_ONCE);
  bind(imports.places, ({ ctx, query, body }) =>
    inTurn(() => importPlaces(db, ctx, body, query.dryRun ?? false, kinds)),
  );
  bind(imports.devices, ({ ctx, query, body }) =>
    inTurn(() => importDevices(db, ctx, body, query.dryRun ?? false, types, kinds)),
  );
}
