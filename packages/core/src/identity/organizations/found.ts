import type { Selectable } from 'kysely';
import type { TransactionContext } from '../../platform/context.ts';
import { isUniqueViolation } from '../../platform/db/store.ts';
import type { DB } from '../../platform/db/types.ts';
import { taken } from '../../platform/errors.ts';

export interface NewOrganization {
  organization: { name: string; slug: string };
  owner: { id: string; username: string; email: string; passwordHash: string };
  /** It is the one that the installation is set up with. */
  operates: boolean;
  /** Somebody else knows the password. */
  mustChangePassword: boolean;
}

/** The rows of a new organization and its owner. @param ctx of that organization @throws MusterError `conflict` when the slug is taken */
export async function foundOrganization(
  { db, organizationId }: TransactionContext,
  { organization, owner, operates, mustChangePassword }: NewOrganization,
): Promise<Selectable<DB['organizations']>> {
  const row = await db
    .insertInto('organizations')
    .values({ id: organizationId, slug: organization.slug, name: organization.name, operates })
    .returningAll()
    .executeTakeFirstOrThrow()
    .catch((error) => {
      if (isUniqueViolation(error)) throw taken('There is an organization of this short name already.', '/slug');
      throw error;
    });
  await db
    .insertInto('users')
    .values({
      id: owner.id,
      organization_id: organizationId,
      username: owner.username,
      email: owner.email,
      password_hash: owner.passwordHash,
      must_change_password: mustChangePassword,
    })
    .execute();
  await db
    .insertInto('role_assignments')
    .values({ organization_id: organizationId, user_id: owner.id, role: 'owner' })
    .execute();
  return row;
}
