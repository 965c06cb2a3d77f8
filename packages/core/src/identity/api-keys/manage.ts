import type { ApiKey } from '@muster/contract/api-keys';
import { tell } from '../../platform/bus.ts';
import type { Context } from '../../platform/context.ts';
import type { Db } from '../../platform/db/store.ts';
import { readGrace } from '../../platform/grace.ts';
import { mutation, reading } from '../../platform/mutation.ts';
import { hashToken, hintOf, makeToken } from '../../platform/token.ts';
import { readKey, selectKeys, viewKey } from './view.ts';

/** By name. */
export const listKeys = (db: Db, ctx: Context): Promise<ApiKey[]> =>
  reading(db, ctx, 'api-key:read', async (inside) => {
    const rows = await selectKeys(inside).orderBy('api_keys.name').orderBy('api_keys.id').execute();
    return rows.map(viewKey);
  });

/** The old secret works for `grace` and not longer than the key. @throws MusterError `not_found` */
export const rotateKey = (
  db: Db,
  ctx: Context,
  id: string,
  grace: string,
): Promise<{ secret: string; apiKey: ApiKey }> =>
  mutation(db, ctx, 'api-key:write', async (inside) => {
    const before = await readKey(inside, id);
    const secret = makeToken('mk');
    const graceMs = readGrace(grace);
    await inside.db
      .updateTable('api_keys')
      .set({
        hash: hashToken(secret),
        hint: hintOf(secret),
        old_hash: graceMs > 0 ? before.hash : null,
        old_ends_at: graceMs > 0 ? new Date(Date.now() + graceMs) : null,
        version: before.version + 1,
      })
      .where('id', '=', id)
      .execute();
    await tell(inside, { kind: 'access.changed', organizationId: ctx.organizationId, of: id });
    const apiKey = viewKey(await readKey(inside, id));
    return [
      { secret, apiKey },
      { action: 'api_key.rotated', object: `api-key:${id}`, details: { grace } },
    ];
  });

/** What is open with it ends too. @throws MusterError `not_found` */
export const revokeKey = (db: Db, ctx: Context, id: string): Promise<void> =>
  mutation(db, ctx, 'api-key:write', async (inside) => {
    const before = viewKey(await readKey(inside, id));
    await inside.db.deleteFrom('api_keys').where('id', '=', id).execute();
    await tell(inside, { kind: 'access.changed', organizationId: ctx.organizationId, of: id });
    return [undefined, { action: 'api_key.revoked', object: `api-key:${id}`, details: { before } }];
  });
