import type { Place } from '@muster/contract/places';
import { sql } from 'kysely';
import { tell } from '../platform/bus.ts';
import type { Context, TransactionContext } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { forbidden, invalid, notFound, stale } from '../platform/errors.ts';
import { mutation } from '../platform/mutation.ts';
import { explain, type NewPlace } from './create.ts';
import { placesBelow } from './tree.ts';
import { checkKind, checkTimezone, viewPlace } from './view.ts';

/** Changes or moves a place with all below it. @throws MusterError `not_found`, `stale`, `invalid`, `conflict` */
export const updatePlace = (
  db: Db,
  ctx: Context,
  id: string,
  version: number,
  change: Partial<NewPlace>,
  kinds: ReadonlySet<string>,
): Promise<Place> =>
  mutation(db, ctx, 'place:write', async (inside) => {
    // one move at a time: two that each are right could make a circle together
    if (change.parentId)
      await sql`select pg_advisory_xact_lock(hashtext('places'), ${ctx.organizationNumber})`.execute(inside.db);
    const before = await inside.db.selectFrom('places').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
    if (!before) throw notFound('place');
    if (before.version !== version) throw stale('place');
    if (change.kind !== undefined) checkKind(change.kind, kinds);
    checkTimezone(change.timezone);
    if (change.parentId !== undefined) await refuseOutside(inside, change.parentId);
    if (change.parentId) await refuseCircle(inside, id, change.parentId);
    const row = await inside.db
      .updateTable('places')
      .set({
        name: change.name?.trim() ?? before.name,
        kind: change.kind ?? before.kind,
        slug: change.slug ?? before.slug,
        parent_id: change.parentId === undefined ? before.parent_id : change.parentId,
        address: change.address ?? before.address,
        timezone: change.timezone === undefined ? before.timezone : change.timezone,
        attributes: JSON.stringify(change.attributes ?? before.attributes),
        capacity: change.capacity ?? before.capacity,
        version: version + 1,
      })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
      .catch(explain);
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

async function refuseCircle(inside: TransactionContext, id: string, parentId: string): Promise<void> {
  const { rows } = await sql<{ below: boolean }>`select ${parentId}::uuid in ${placesBelow(id)} as below`.execute(
    inside.db,
  );
  if (!rows[0]?.below) return;
  throw invalid('A place can not stand inside itself.', [
    { path: '/parentId', message: 'is the place itself or below it' },
  ]);
}
