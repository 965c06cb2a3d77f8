import { tell } from '../platform/bus.ts';
import type { Context } from '../platform/context.ts';
import { type Db, isForeignKeyViolation } from '../platform/db/store.ts';
import { conflict, notFound } from '../platform/errors.ts';
import { mutation } from '../platform/mutation.ts';
import { viewPlace } from './view.ts';

/** @throws MusterError `not_found`, `conflict` while places or devices stand in it */
export const deletePlace = (db: Db, ctx: Context, id: string): Promise<void> =>
  mutation(db, ctx, 'place:write', async (inside) => {
    const row = await inside.db
      .deleteFrom('places')
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst()
      .catch((error: unknown) => {
        if (isForeignKeyViolation(error)) throw conflict('Places or devices stand in it: move them first.');
        throw error;
      });
    if (!row) throw notFound('place');
    // who may something in a place may it in all below it
    await tell(inside, { kind: 'access.changed', organizationId: ctx.organizationId });
    return [undefined, { action: 'place.deleted', object: `place:${id}`, details: { before: viewPlace(row) } }];
  });
