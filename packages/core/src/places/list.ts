import type { PlaceWithHealth } from '@muster/contract/places';
import type { Context } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { notFound } from '../platform/errors.ts';
import { reading } from '../platform/mutation.ts';
import { page, readCursor } from '../platform/paging.ts';
import { healthOf, readFleet, type StatusNow } from './health.ts';
import type { PlaceKinds } from './kinds.ts';
import { type PlaceNode, readTree, walk } from './sorted-tree.ts';
import { viewPlace } from './view.ts';

/** Places by the path of their names, so that parents come before children. Who sees some only has the uppermost of those first. */
export async function listPlaces(
  db: Db,
  ctx: Context,
  query: { limit?: number; cursor?: string },
  kinds: PlaceKinds,
  now: StatusNow,
): Promise<{ items: PlaceWithHealth[]; nextCursor: string | null }> {
  const limit = query.limit ?? 50;
  const after = readCursor(query.cursor, 2);
  const { tree, health } = await readAll(db, ctx, kinds, now);
  const nodes = [...walk(tree.roots)];
  const from = after ? positionAfter(nodes, after) : 0;
  const rows = nodes.slice(from, from + limit + 1);
  const view = ({ row }: PlaceNode) => ({ ...viewPlace(row), health: health.get(row.id) ?? null });
  return page(rows, limit, view, ({ row }) => [row.id, String(from + limit)]);
}

/** Behind the last place of the page before; where that is gone, behind as many places as there were. */
function positionAfter(nodes: readonly PlaceNode[], [id, position]: string[]): number {
  const at = nodes.findIndex(({ row }) => row.id === id);
  return at < 0 ? Math.max(0, Math.trunc(Number(position)) || 0) : at + 1;
}

/** @throws MusterError `not_found` */
export async function getPlace(
  db: Db,
  ctx: Context,
  id: string,
  kinds: PlaceKinds,
  now: StatusNow,
): Promise<PlaceWithHealth> {
  const { tree, health } = await readAll(db, ctx, kinds, now);
  const node = tree.byId.get(id);
  if (!node) throw notFound('place');
  return { ...viewPlace(node.row), health: health.get(id) ?? null };
}

async function readAll(db: Db, ctx: Context, kinds: PlaceKinds, now: StatusNow) {
  const [tree, fleet] = await Promise.all([reading(db, ctx, 'place:read', readTree), readFleet(db, ctx, kinds, now)]);
  return { tree, health: healthOf(tree.roots, fleet, kinds) };
}
