import type { EnrollmentToken } from '@muster/contract/enrollment';
import type { Context } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { reading } from '../platform/mutation.ts';
import { viewToken } from './view.ts';

/** By name. */
export const listEnrollmentTokens = (db: Db, ctx: Context): Promise<EnrollmentToken[]> =>
  reading(db, ctx, 'enrollment:read', async (inside) => {
    const rows = await inside.db.selectFrom('enrollment_tokens').selectAll().orderBy('name').orderBy('id').execute();
    return rows.map(viewToken);
  });
