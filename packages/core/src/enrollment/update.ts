import type { EnrollmentToken } from '@muster/contract/enrollment';
import { scopeOfPlace } from '../places/index.ts';
import type { Context } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { stale } from '../platform/errors.ts';
import { mutation } from '../platform/mutation.ts';
import { readEnd, refuseMoreThanOwn } from './limits.ts';
import { readToken, viewToken } from './view.ts';

export interface EnrollmentTokenChange {
  name?: string;
  maxUses?: number;
  expiresAt?: string;
}

/** @throws MusterError `not_found`, `stale`, `invalid`, `forbidden` */
export const updateEnrollmentToken = (
  db: Db,
  ctx: Context,
  id: string,
  version: number,
  change: EnrollmentTokenChange,
): Promise<EnrollmentToken> =>
  mutation(db, ctx, 'enrollment:write', async (inside) => {
    const before = await readToken(inside, id);
    if (before.version !== version) throw stale('enrollment token');
    refuseMoreThanOwn(ctx, before.place_id ? await scopeOfPlace(inside.db, before.place_id) : 'everywhere');
    const row = await inside.db
      .updateTable('enrollment_tokens')
      .set({
        name: change.name?.trim() ?? before.name,
        max_uses: change.maxUses ?? before.max_uses,
        expires_at: change.expiresAt ? readEnd(change.expiresAt) : before.expires_at,
        version: version + 1,
      })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow();
    const after = viewToken(row);
    return [
      after,
      {
        action: 'enrollment_token.updated',
        object: `enrollment-token:${id}`,
        details: { before: viewToken(before), after },
      },
    ];
  });
