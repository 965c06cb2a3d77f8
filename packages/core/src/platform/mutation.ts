import type { Permission } from '@muster/contract/permissions';
import { type Audited, audit } from './audit.ts';
import { type Context, requirePermission, type TransactionContext } from './context.ts';
import { type Db, inOrganization } from './db/store.ts';

/**
 * The only door to a write: checks the permission, opens the transaction, sets the tenant and where the permission holds, runs
 * the change and writes its audit row in the same transaction. `change` answers the result and what to audit.
 * @throws MusterError `forbidden`, or what `change` throws; nothing is written then.
 */
export function mutation<T>(
  db: Db,
  ctx: Context,
  permission: Permission,
  change: (ctx: TransactionContext) => Promise<[result: T, audited: Audited]>,
): Promise<T> {
  const scope = requirePermission(ctx, permission);
  const work = async (inside: TransactionContext) => {
    const [result, audited] = await change(inside);
    await audit(inside, audited);
    return result;
  };
  return inOrganization(db, ctx, work, scope);
}

/** A read: checks the permission and runs `query` with the tenant set, and with what lies outside of the permission's scope unseen. */
export function reading<T>(
  db: Db,
  ctx: Context,
  permission: Permission,
  query: (ctx: TransactionContext) => Promise<T>,
): Promise<T> {
  return inOrganization(db, ctx, query, requirePermission(ctx, permission));
}
