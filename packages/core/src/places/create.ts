import type { Place } from '@muster/contract/places';
import { tell } from '../platform/bus.ts';
import type { Context, TransactionContext } from '../platform/context.ts';
import { type Db, isForeignKeyViolation, isUniqueViolation } from '../platform/db/store.ts';
import { conflict, invalid } from '../platform/errors.ts';
import { mutation } from '../platform/mutation.ts';
import { newId } from '../platform/uuid.ts';
import { inheritBelow } from './inherit.ts';
import { checkKind, type PlaceKinds } from './kinds.ts';
import { checkStanding, depthFault, lockKind, lockTree, refuseBy } from './standing.ts';
import { checkTimezone, slugOf, viewPlace } from './view.ts';

export interface NewPlace {
  name: string;
  kind: string;
  slug?: string;
  parentId?: string | null;
  address?: string | null;
  timezone?: string | null;
  attributes?: Record<string, string | number | boolean>;
  labels?: string[];
  capacity?: number | null;
}

/** @throws MusterError `invalid`, `conflict` when the parent has a place of this slug already */
export const createPlace = (db: Db, ctx: Context, input: NewPlace, kinds: PlaceKinds): Promise<Place> =>
  mutation(db, ctx, 'place:write', async (inside) => {
    checkKind(input.kind, kinds);
    checkTimezone(input.timezone);
    await lockTree(inside);
    await checkParent(inside, input, kinds);
    const { id } = await inside.db
      .insertInto('places')
      .values({
        id: newId(),
        organization_id: ctx.organizationId,
        parent_id: input.parentId ?? null,
        kind: input.kind,
        name: input.name.trim(),
        slug: input.slug ?? slugOf(input.name),
        address: input.address || null,
        timezone: input.timezone ?? null,
        labels: input.labels ?? [],
        attributes: JSON.stringify(input.attributes ?? {}),
        capacity: input.capacity ?? null,
      })
      .returning('id')
      .executeTakeFirstOrThrow()
      .catch(explain);
    await inheritBelow(inside, [id]);
    const row = await inside.db.selectFrom('places').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    // who may something in a place may it in all below it
    await tell(inside, { kind: 'access.changed', organizationId: ctx.organizationId });
    return [viewPlace(row), { action: 'place.created', object: `place:${row.id}`, details: { after: viewPlace(row) } }];
  });

/** @throws MusterError `invalid` when a place of this kind may not stand there, or too deep */
async function checkParent(inside: TransactionContext, { kind, parentId }: NewPlace, kinds: PlaceKinds): Promise<void> {
  if (!parentId) return checkStanding(kinds, kind, null);
  const parentKind = await lockKind(inside, parentId);
  // one that is not there, or not to be seen, is refused by the table
  if (parentKind === undefined) return;
  checkStanding(kinds, kind, parentKind);
  const fault = await depthFault(inside, parentId, undefined);
  if (fault) throw refuseBy(fault);
}

/** Says in words what the table refused. */
export function explain(error: unknown): never {
  if (isUniqueViolation(error)) throw conflict('There is a place of this slug at the same level already.');
  if (isForeignKeyViolation(error)) {
    throw invalid('The parent is not there.', [
      { path: '/parentId', code: 'place-unknown', message: 'must be a place of this organization' },
    ]);
  }
  throw error;
}
