import type { Person } from '@muster/contract/users';
import { sql } from 'kysely';
import type { Context } from '../../platform/context.ts';
import type { Db } from '../../platform/db/store.ts';
import { reading } from '../../platform/mutation.ts';
import { page, readCursor } from '../../platform/paging.ts';
import { type PersonRow, people, readPersonRow, viewPerson } from './view.ts';

/** People by user name. */
export const listUsers = (
  db: Db,
  ctx: Context,
  { limit = 50, cursor, search }: { limit?: number; cursor?: string; search?: string },
) =>
  reading(db, ctx, 'user:read', async (inside) => {
    const after = readCursor(cursor, 2);
    const pattern = search === undefined ? undefined : `%${search.replace(/[\\%_]/g, '\\$&')}%`;
    const { rows } = await sql<PersonRow>`${people}
      where ${pattern ? sql`(u.username ilike ${pattern} or u.name ilike ${pattern} or u.email ilike ${pattern})` : sql`true`}
        ${after ? sql`and (lower(u.username), u.id::text) > (${after[0]}, ${after[1]})` : sql``}
      order by lower(u.username), u.id::text limit ${limit + 1}`.execute(inside.db);
    return page(rows, limit, viewPerson, (row) => [row.username.toLowerCase(), row.id]);
  });

/** @throws MusterError `not_found` */
export const getUser = (db: Db, ctx: Context, id: string): Promise<Person> =>
  reading(db, ctx, 'user:read', async (inside) => viewPerson(await readPersonRow(inside, id)));
