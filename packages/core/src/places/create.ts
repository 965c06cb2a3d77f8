import type { Place } from '@muster/contract/places';
import { tell } from '../platform/bus.ts';
import type { Context } from '../platform/context.ts';
import { type Db, isForeignKeyViolation, isUniqueViolation } from '../platform/db/store.ts';
import { conflict, invalid } from '../platform/errors.ts';
import { mutation } from '../platform/mutation.ts';
import { newId } from '../platform/uuid.ts';
import { checkKind, checkTimezone, slugOf, viewPlace } from './view.ts';

export interface NewPlace {
  name: string;
  kind: string;
  slug?: string;
  parentId?: string | null;
  address?: string;
  timezone?: string | null;
  attributes?: Record<string, string | number | boolean>;
  capacity?: number;
}

/** @throws MusterError `invalid`, `conflict` when the parent has a place of this slug already */
export const createPlace = (db: Db, ctx: Context, input: NewPlace, kinds: ReadonlySet<string>): Promise<Place> =>
  mutation(db, ctx, 'place:write', async (inside) => {
    checkKind(input.kind, kinds);
    checkTimezone(input.timezone);
    const row = await inside.db
      .insertInto('places')
      .values({
        id: newId(),
        organization_id: ctx.organizationId,
        parent_id: input.parentId ?? null,
        kind: input.kind,
        name: input.name.trim(),
        slug: input.slug ?? slugOf(input.name),
        address: input.address ?? null,
        timezone: input.timezone ?? null,
        attributes: JSON.stringify(input.attributes ?? {}),
        capacity: input.capacity ?? null,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
      .catch(explain);
    // who may something in a place may it in all below it
    await tell(inside, { kind: 'access.changed', organizationId: ctx.organizationId });
    return [viewPlace(row), { action: 'place.created', object: `place:${row.id}`, details: { after: viewPlace(row) } }];
  });

/** Says in words what the table refused. */
export function explain(error: unknown): never {
  if (isUniqueViolation(error)) throw conflict('There is a place of this slug at the same level already.');
  if (isForeignKeyViolation(error)) {
    throw invalid('The parent is not there.', [{ path: '/parentId', message: 'must be a place of this organization' }]);
  }
  throw error;
}
