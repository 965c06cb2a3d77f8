import { type RawBuilder, sql } from 'kysely';
import type { Scope, TransactionContext } from '../platform/context.ts';
import { invalid } from '../platform/errors.ts';

/** Ids of a place and of all places below it, as a subquery. */
export const placesBelow = (placeId: string): RawBuilder<{ id: string }> => sql<{ id: string }>`(
  with recursive below as (
    select id from places where id = ${placeId}
    union
    select p.id from places p join below b on p.parent_id = b.id)
  select id from below)`;

/**
 * The place that a column names and all places below it, as an array of ids; null where the column is null. For what runs before
 * anybody's organization is known, so it keeps to the organization of that row by itself.
 */
export const placeIdsBelow = (organizationColumn: string, placeColumn: string): RawBuilder<string[] | null> => {
  const [organization, place] = [sql.ref(organizationColumn), sql.ref(placeColumn)];
  return sql`case when ${place} is null then null else (
    with recursive below as (
      select p.id from places p where p.organization_id = ${organization} and p.id = ${place}
      union
      select p.id from places p join below b on p.parent_id = b.id where p.organization_id = ${organization})
    select coalesce(array_agg(id::text), '{}') from below) end`;
};

/** What holds in a place, holds in it and in all places below it. @throws MusterError `invalid` when it is not there */
export async function scopeOfPlace(db: TransactionContext['db'], placeId: string): Promise<Scope> {
  const { rows } = await sql<{ id: string }>`select id from places where id in ${placesBelow(placeId)}`.execute(db);
  if (rows.length > 0) return { places: rows.map(({ id }) => id), devices: [] };
  throw invalid('There is no such place.', [{ path: '/placeId', message: 'is no place of this organization' }]);
}
