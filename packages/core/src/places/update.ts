import type { Place } from '@muster/contract/places';
import { tell } from '../platform/bus.ts';
import type { Context, TransactionContext } from '../platform/context.ts';
import { type Db, inWhole } from '../platform/db/store.ts';
import { type Fault, forbidden, notFound, stale } from '../platform/errors.ts';
import { mutation } from '../platform/mutation.ts';
import { explain, type NewPlace } from './create.ts';
import { keepingRules } from './device-rules.ts';
import { inheritBelow } from './inherit.ts';
import { checkKind, type PlaceKinds } from './kinds.ts';
import { childrenFault, circleFault, depthFault, lockKind, lockTree, refuseBy, standingFault } from './standing.ts';
import { checkTimezone, type PlaceRow, viewPlace } from './view.ts';

/** Changes or moves a place with all below it. @throws MusterError `not_found`, `stale`, `invalid`, `conflict` */
export const updatePlace = (
  db: Db,
  ctx: Context,
  id: string,
  version: number,
  change: Partial<NewPlace>,
  kinds: PlaceKinds,
): Promise<Place> =>
  mutation(db, ctx, 'place:write', async (inside) => {
    await lockTree(inside);
    const before = await inside.db.selectFrom('places').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
    if (!before) throw notFound('place');
    if (before.version !== version) throw stale('place');
    if (change.kind !== undefined) checkKind(change.kind, kinds);
    checkTimezone(change.timezone);
    if (change.parentId !== undefined) await refuseOutside(inside, change.parentId);
    const fault = (await standingFaults(inside, before, change, kinds))[0];
    if (fault) throw refuseBy(fault);
    const write = () =>
      inside.db
        .updateTable('places')
        .set({
          name: change.name?.trim() ?? before.name,
          kind: change.kind ?? before.kind,
          slug: change.slug ?? before.slug,
          parent_id: change.parentId === undefined ? before.parent_id : change.parentId,
          address: change.address === undefined ? before.address : change.address || null,
          timezone: change.timezone === undefined ? before.timezone : change.timezone,
          attributes: JSON.stringify(change.attributes ?? before.attributes),
          labels: change.labels ?? before.labels,
          capacity: change.capacity === undefined ? before.capacity : change.capacity,
          version: version + 1,
        })
        .where('id', '=', id)
        .execute()
        .catch(explain);
    if (change.kind === undefined || change.kind === before.kind) await write();
    else await keepingRules(inside, kinds, [id], write, '/kind');
    await inheritBelow(inside, [id]);
    const row = await inside.db.selectFrom('places').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    if (row.parent_id !== before.parent_id)
      await tell(inside, { kind: 'access.changed', organizationId: ctx.organizationId });
    const details = { before: viewPlace(before), after: viewPlace(row) };
    return [viewPlace(row), { action: 'place.updated', object: `place:${id}`, details }];
  });

/** Whoever may change a place and what is below it moves nothing out of it. @throws MusterError `forbidden` */
async function refuseOutside(ctx: TransactionContext, parentId: string | null): Promise<void> {
  if (ctx.grants.get('place:write') === 'everywhere') return;
  const parent =
    parentId && (await ctx.db.selectFrom('places').select('id').where('id', '=', parentId).executeTakeFirst());
  if (!parent) throw forbidden('This lies outside of the places that you may change.');
}

/** Why a place may not stand where the change puts it, or not as this kind. What was wrong before and stays so is no fault. */
export async function standingFaults(
  inside: TransactionContext,
  before: Pick<PlaceRow, 'id' | 'kind' | 'parent_id'>,
  change: { parentId?: string | null; kind?: string },
  kinds: PlaceKinds,
): Promise<Fault[]> {
  const { id } = before;
  const parentId = change.parentId === undefined ? before.parent_id : change.parentId;
  const kind = change.kind ?? before.kind;
  const moves = parentId !== before.parent_id;
  if (!moves && kind === before.kind) return [];
  const circle = moves && parentId ? await circleFault(inside, id, parentId) : undefined;
  if (circle) return [circle];
  const parentKind = parentId === null ? null : await inWhole(inside, () => lockKind(inside, parentId));
  const faults = [
    parentKind === undefined ? undefined : standingFault(kinds, kind, parentKind),
    moves && parentId ? await depthFault(inside, parentId, id) : undefined,
    kind === before.kind ? undefined : await childrenFault(inside, kinds, before, kind),
  ];
  return faults.filter((fault) => fault !== undefined);
}
