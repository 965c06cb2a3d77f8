import type { Context } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { mutation } from '../platform/mutation.ts';
import { readToken, viewToken } from './view.ts';

/** From now on it registers nothing; what it registered stays. @throws MusterError `not_found` */
export const revokeEnrollmentToken = (db: Db, ctx: Context, id: string): Promise<void> =>
  mutation(db, ctx, 'enrollment:write', async (inside) => {
    const before = viewToken(await readToken(inside, id));
    await inside.db.deleteFrom('enrollment_tokens').where('id', '=', id).execute();
    return [undefined, { action: 'enrollment_token.revoked', object: `enrollment-token:${id}`, details: { before } }];
  });
