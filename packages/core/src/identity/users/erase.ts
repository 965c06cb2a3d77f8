import { sql } from 'kysely';
import type { AccessCatalogue } from '../../access/index.ts';
import { tell } from '../../platform/bus.ts';
import type { Context, TransactionContext } from '../../platform/context.ts';
import type { Db } from '../../platform/db/store.ts';
import { conflict, forbidden, notFound } from '../../platform/errors.ts';
import { mutation } from '../../platform/mutation.ts';
import { lockOwners, refuseStronger } from './rights.ts';

/**
 * Erases what is known of a person who was disabled or deleted: his row with all that hangs on it, and in the audit trail the personal
 * part of every entry by him, about him, or that says his name or mail address. The chain stays whole: it holds commitments, whose
 * salts go too. Ids stay, and say nothing. The entry of the erasure names those that it erased: verification takes an erased entry
 * for one that was tampered with unless a later one names it. Erasing again finds nothing more.
 * @returns entries of the trail that lost their personal part
 * @throws MusterError `not_found`, `conflict` for somebody who may sign in, `forbidden` for who may less than he, and for scripts
 */
export const eraseUser = (
  db: Db,
  ctx: Context,
  id: string,
  catalogue: AccessCatalogue,
): Promise<{ entries: number }> => {
  if (ctx.actor.kind !== 'user') throw forbidden('Only a person may erase what is known of another one.');
  return mutation(db, ctx, 'organization:own', async (inside) => {
    await lockOwners(inside);
    const user = await inside.db
      .selectFrom('users')
      .select(['username', 'email', 'status'])
      .where('id', '=', id)
      .executeTakeFirst();
    if (user?.status === 'active') throw conflict('This person may sign in. Disable or delete him first.');
    if (user) await refuseStronger(inside, id, catalogue);
    else if (!(await isInTrail(inside, id))) throw notFound('person');
    const names = await namesOf(inside, id, user);
    await inside.db.deleteFrom('users').where('id', '=', id).execute();
    for (const table of ['api_keys', 'enrollment_tokens'] as const) {
      if (names.length === 0) break;
      await inside.db.updateTable(table).set({ created_by: '' }).where('created_by', 'in', names).execute();
    }
    const erases = await eraseEntries(inside, id, names);
    const entries = erases.length;
    await tell(inside, { kind: 'access.changed', organizationId: ctx.organizationId, of: id });
    return [
      { entries },
      { action: 'user.erased', object: `user:${id}`, details: { entries }, erases: erases.filter((seq) => seq > 0) },
    ];
  });
};

/** What a person who was deleted has left: entries by him or about him. */
async function isInTrail({ db }: TransactionContext, id: string): Promise<boolean> {
  const { rows } = await sql`select from audit_entries
    where (actor_kind = 'user' and actor_id = ${id}) or object = ${`user:${id}`} limit 1`.execute(db);
  return rows.length > 0;
}

/** Every user name and mail address that he had. */
async function namesOf(
  { db }: TransactionContext,
  id: string,
  user: { username: string; email: string } | undefined,
): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select distinct actor_name as name from audit_entries where actor_kind = 'user' and actor_id = ${id}
    union select found #>> '{}' from audit_entries,
      unnest(array['$.**.username', '$.**.email']::jsonpath[]) as path, jsonb_path_query(details, path) as found
      where object = ${`user:${id}`} and jsonb_typeof(found) = 'string'`.execute(db);
  const names = [...rows.map(({ name }) => name), ...(user ? [user.username, user.email] : [])];
  return [...new Set(names)].filter((name) => name !== '');
}

/**
 * A word alone could be anything: a name counts where a name stands. That somebody was erased is not erased with him; who did it
 * is, when his turn comes.
 * @returns the numbers of the entries
 */
async function eraseEntries({ db }: TransactionContext, id: string, names: string[]): Promise<number[]> {
  const { rows } = await sql<{ seq: number }>`
    update audit_entries set actor_name = '', address = null, user_agent = null, details = '{}', salt = null
    where ((actor_kind = 'user' and actor_id = ${id}) or action <> 'user.erased' and (object = ${`user:${id}`}
        or jsonb_path_exists(details,
          '$.** ? (@.username == $names[*] || @.email == $names[*] || @.createdBy == $names[*] || @.invitedBy == $names[*])',
          jsonb_build_object('names', ${JSON.stringify(names)}::jsonb))))
      and (salt is not null or actor_name <> '' or address is not null or user_agent is not null or details <> '{}')
    returning seq`.execute(db);
  return rows.map(({ seq }) => seq);
}
