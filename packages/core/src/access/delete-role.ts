import { sql } from 'kysely';
import type { Context } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { conflict } from '../platform/errors.ts';
import { mutation } from '../platform/mutation.ts';
import type { AccessCatalogue } from './catalogue.ts';
import { readOwnRole } from './update-role.ts';

/** @throws MusterError `not_found`, `conflict` while somebody holds it or another role is made of it */
export const deleteRole = (db: Db, ctx: Context, id: string, catalogue: AccessCatalogue): Promise<void> =>
  mutation(db, ctx, 'role:write', async (inside) => {
    const before = await readOwnRole(inside, id, catalogue);
    const { rows } = await sql<{ people: number; roles: number }>`
      select (select count(distinct user_id)::int from role_assignments where role = ${id}) as people,
        (select count(*)::int from roles where ${id} = any(parents)) as roles`.execute(inside.db);
    const { people, roles } = rows[0] as { people: number; roles: number };
    if (people > 0) throw conflict(`${people === 1 ? 'One person holds' : `${people} people hold`} this role.`);
    if (roles > 0) throw conflict(`${roles === 1 ? 'Another role is' : `${roles} other roles are`} made of this one.`);
    await inside.db.deleteFrom('roles').where('id', '=', id).execute();
    return [undefined, { action: 'role.deleted', object: `role:${id}`, details: { before } }];
  });
