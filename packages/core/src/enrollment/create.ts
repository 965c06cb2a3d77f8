import type { EnrollmentToken } from '@muster/contract/enrollment';
import { requireType } from '../devices/index.ts';
import { scopeOfPlace } from '../places/index.ts';
import type { Context } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { mutation } from '../platform/mutation.ts';
import { hashToken, hintOf, makeToken } from '../platform/token.ts';
import { newId } from '../platform/uuid.ts';
import { DEFAULT_LIFETIME_MS, readEnd, refuseMoreThanOwn } from './limits.ts';
import { viewToken } from './view.ts';

export interface NewEnrollmentToken {
  name: string;
  placeId?: string | null;
  type?: string | null;
  maxUses?: number;
  expiresAt?: string;
}

/** It belongs to the organization and outlives its maker. @throws MusterError `invalid`, `forbidden` where its maker could not add devices himself */
export const createEnrollmentToken = (
  db: Db,
  ctx: Context,
  input: NewEnrollmentToken,
  types: ReadonlyMap<string, unknown>,
): Promise<{ secret: string; enrollmentToken: EnrollmentToken }> =>
  mutation(db, ctx, 'enrollment:write', async (inside) => {
    if (input.type) requireType(input.type, types);
    refuseMoreThanOwn(ctx, input.placeId ? await scopeOfPlace(inside.db, input.placeId) : 'everywhere');
    const secret = makeToken('me');
    const row = await inside.db
      .insertInto('enrollment_tokens')
      .values({
        id: newId(),
        organization_id: ctx.organizationId,
        name: input.name.trim(),
        hint: hintOf(secret),
        hash: hashToken(secret),
        place_id: input.placeId ?? null,
        type: input.type ?? null,
        max_uses: input.maxUses ?? 1,
        created_by: ctx.actor.name,
        expires_at: input.expiresAt ? readEnd(input.expiresAt) : new Date(Date.now() + DEFAULT_LIFETIME_MS),
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    const enrollmentToken = viewToken(row);
    return [
      { secret, enrollmentToken },
      {
        action: 'enrollment_token.created',
        object: `enrollment-token:${row.id}`,
        details: { after: enrollmentToken },
      },
    ];
  });
