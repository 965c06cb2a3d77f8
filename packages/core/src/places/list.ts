import type { Place } from '@muster/contract/places';
import { sql } from 'kysely';
import type { Context } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { notFound } from '../platform/errors.ts';
import { reading } from '../platform/mutation.ts';
import { page, readCursor } from '../platform/paging.ts';
import { viewPlace } from './view.ts';

/** Places by the path of their names, so that parents come before children. Who sees some only has the uppermost of those first. */
export const listPlaces = (db: Db, ctx: Context, query: { limit?: number; cursor?: string }) =>
  reading(db, ctx, 'place:read', async ({ db: trx }) => {
    const limit = query.limit ?? 50;
    const after = readCursor(query.cursor, 1)?.[0] ?? null;
    const { rows } = await sql<Parameters<typeof viewPlace>[0] & { path: string }>`
      with recursive tree as (
        select p.*, array[p.name, p.id::text collate natural_order] as trail from places p where not exists (select from places above where above.id = p.parent_id)
        union all
        select p.*, t.trail || array[p.name, p.id::text collate natural_order] from places p join tree t on p.parent_id = t.id)
      select *, array_to_json(trail)::text as path from tree
      where ${after}::text is null or trail > (select array_agg(value) from jsonb_array_elements_text(${after}::jsonb))
      order by trail limit ${limit + 1}`.execute(trx);
    return page(rows, limit, viewPlace, (row) => [row.path]);
  });

/** @throws MusterError `not_found` */
export const getPlace = (db: Db, ctx: Context, id: string): Promise<Place> =>
  reading(db, ctx, 'place:read', async ({ db: trx }) => {
    const row = await trx.selectFrom('places').selectAll().where('id', '=', id).executeTakeFirst();
    if (!row) throw notFound('place');
    return viewPlace(row);
  });
