import type { Context } from '../platform/context.ts';
import { type Db, inOrganization } from '../platform/db/store.ts';
import type { PasswordRules } from './passwords.ts';
import { readFactor } from './second-factor/use-code.ts';

/** What an organization asks of passwords. @param userId whose it will be: beside a second factor it may be shorter */
export const readPasswordRules = (db: Db, ctx: Context, userId?: string): Promise<Omit<PasswordRules, 'words'>> =>
  inOrganization(db, ctx, async (inside) => {
    const organization = await inside.db
      .selectFrom('organizations')
      .select('password_classes')
      .executeTakeFirstOrThrow();
    const secondFactor = userId !== undefined && (await readFactor(inside, userId)) !== undefined;
    return { classes: organization.password_classes, secondFactor };
  });
