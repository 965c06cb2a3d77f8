import type { Role } from '@muster/contract/access';
import { sql } from 'kysely';
import type { Context, TransactionContext } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { reading } from '../platform/mutation.ts';
import type { AccessCatalogue } from './catalogue.ts';
import { readOwnRoles } from './grants.ts';
import { viewBuiltInRoles, viewOwnRole } from './view.ts';

/** Roles that come along, then those of the organization by name. */
export const listRoles = (db: Db, ctx: Context, catalogue: AccessCatalogue): Promise<Role[]> =>
  reading(db, ctx, 'role:read', async (inside) => {
    const people = await countPeople(inside);
    const own = await readOwnRoles(inside.db, ctx.organizationId);
    const rows = await inside.db.selectFrom('roles').selectAll().orderBy('name').execute();
    return [
      ...viewBuiltInRoles(catalogue, people),
      ...rows.map((row) => viewOwnRole(row, people.get(row.id) ?? 0, catalogue, own)),
    ];
  });

/** How many people hold each role. */
export async function countPeople({ db }: TransactionContext): Promise<Map<string, number>> {
  const { rows } = await sql<{ role: string; people: number }>`
    select role, count(distinct user_id)::int as people from role_assignments group by role`.execute(db);
  return new Map(rows.map(({ role, people }) => [role, people]));
}
