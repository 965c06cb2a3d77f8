import type { Person } from '@muster/contract/users';
import type { AccessCatalogue } from '../../access/index.ts';
import { type Context, requirePermission } from '../../platform/context.ts';
import { type Db, isUniqueViolation, violatedName } from '../../platform/db/store.ts';
import { taken } from '../../platform/errors.ts';
import { mutation } from '../../platform/mutation.ts';
import { newId } from '../../platform/uuid.ts';
import { readPasswordRules } from '../password-rules.ts';
import { checkNewPassword, hashPassword } from '../passwords.ts';
import { giveRoles, type WantedRole } from './assign-roles.ts';
import { readPersonRow, viewPerson } from './view.ts';

export interface NewPerson {
  username: string;
  email: string;
  name?: string;
  password: string;
  roles?: WantedRole[];
}

/** Whoever adds a person knows the first password: the person must choose another. @throws MusterError `invalid`, `conflict`, `forbidden` */
export async function createUser(db: Db, ctx: Context, input: NewPerson, catalogue: AccessCatalogue): Promise<Person> {
  requirePermission(ctx, 'user:write');
  const rules = { ...(await readPasswordRules(db, ctx)), words: [input.username, input.email, 'muster'] };
  await checkNewPassword(input.password, rules, '/password');
  const passwordHash = await hashPassword(input.password, ctx.actor.id);
  return mutation(db, ctx, 'user:write', async (inside) => {
    const id = newId();
    await inside.db
      .insertInto('users')
      .values({
        id,
        organization_id: ctx.organizationId,
        username: input.username,
        email: input.email,
        name: input.name?.trim() ?? '',
        password_hash: passwordHash,
        must_change_password: true,
      })
      .execute()
      .catch(explain);
    await giveRoles(inside, id, input.roles ?? [], catalogue);
    const person = viewPerson(await readPersonRow(inside, id));
    return [person, { action: 'user.created', object: `user:${id}`, details: { after: person } }];
  });
}

/** Says in words what the table refused. */
export function explain(error: unknown): never {
  if (!isUniqueViolation(error)) throw error;
  const path = violatedName(error) === 'users_email' ? '/email' : '/username';
  throw taken('There is a person of this user name or mail address already.', path);
}
