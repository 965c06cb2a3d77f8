import { type RawBuilder, sql } from 'kysely';

/** Ids of a place and of all places below it, as a subquery. */
export const placesBelow = (placeId: string): RawBuilder<{ id: string }> => sql<{ id: string }>`(
  with recursive below as (
    select id from places where id = ${placeId}
    union
    select p.id from places p join below b on p.parent_id = b.id)
  select id from below)`;
