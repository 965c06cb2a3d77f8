import type { OrganizationEntry } from '@muster/contract/organizations';
import { type Context, requirePermission } from '../../platform/context.ts';
import type { Db } from '../../platform/db/store.ts';
import { readEntries } from './view.ts';

/** By name. */
export async function listOrganizations(db: Db, ctx: Context): Promise<OrganizationEntry[]> {
  requirePermission(ctx, 'installation:own');
  return readEntries(db);
}
