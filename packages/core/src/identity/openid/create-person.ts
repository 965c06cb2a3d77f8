import { sql } from 'kysely';
import type { AccessCatalogue } from '../../access/index.ts';
import { grantEverywhere, type TransactionContext } from '../../platform/context.ts';
import { type Db, isUniqueViolation } from '../../platform/db/store.ts';
import { MusterError } from '../../platform/errors.ts';
import { mutation } from '../../platform/mutation.ts';
import { newId } from '../../platform/uuid.ts';
import type { Caller } from '../caller.ts';
import { NO_PASSWORD } from '../passwords.ts';
import { giveRoles } from '../users/assign-roles.ts';
import { readPersonRow, viewPerson } from '../users/view.ts';
import type { Claims } from './claims.ts';
import { contextOfProvider, type Provider } from './find-provider.ts';
import { insertLink, type Why } from './insert-link.ts';

/** Somebody new, with the role that the provider's people get and without a password. Never an owner, whatever became of the role. */
export function createPerson(
  db: Db,
  provider: Provider,
  claims: Claims,
  email: string,
  caller: Caller,
  catalogue: AccessCatalogue,
): Promise<{ userId: string; linkId: string } | { refused: Why }> {
  const all = [...catalogue.permissions.keys()].filter((permission) => permission !== 'organization:own');
  const ctx = contextOfProvider(provider, caller, grantEverywhere(all));
  return mutation(db, ctx, 'user:write', async (inside) => {
    const userId = newId();
    await inside.db
      .insertInto('users')
      .values({
        id: userId,
        organization_id: provider.organizationId,
        username: await freeUsername(inside, claims.username ?? 'person'),
        email,
        name: claims.name,
        password_hash: NO_PASSWORD,
      })
      .execute();
    await giveRoles(inside, userId, [{ role: provider.role ?? '' }], catalogue);
    const linkId = await insertLink(inside, provider.id, userId, claims, 'provider');
    const after = viewPerson(await readPersonRow(inside, userId));
    const details = { provider: provider.name, subject: claims.subject, after };
    return [
      { userId, linkId },
      { action: 'user.created', object: `user:${userId}`, details },
    ];
  }).catch((error): { refused: Why } => {
    if (isUniqueViolation(error)) return { refused: 'email_taken' };
    if (error instanceof MusterError && ['invalid', 'forbidden'].includes(error.code)) return { refused: 'role_gone' };
    throw error;
  });
}

/** `ana`, or `ana-2` where there is one already. */
async function freeUsername({ db }: TransactionContext, wish: string): Promise<string> {
  const { rows } = await sql<{ username: string }>`
    select name as username from sign_in_names where starts_with(name, lower(${wish}))`.execute(db);
  const taken = new Set(rows.map(({ username }) => username));
  for (let number = 1; ; number++) {
    const username = number === 1 ? wish : `${wish}-${number}`;
    if (!taken.has(username.toLowerCase())) return username;
  }
}
