import type { ApiKey } from '@muster/contract/api-keys';
import type { Permission } from '@muster/contract/permissions';
import { covers } from '../../access/index.ts';
import { scopeOfPlace } from '../../places/index.ts';
import { tell } from '../../platform/bus.ts';
import type { Context, Grants, TransactionContext } from '../../platform/context.ts';
import type { Db } from '../../platform/db/store.ts';
import { forbidden } from '../../platform/errors.ts';
import { readGrace } from '../../platform/grace.ts';
import { mutation, reading } from '../../platform/mutation.ts';
import { hashToken, hintOf, makeToken } from '../../platform/token.ts';
import { type ApiKeyRow, readKey, selectKeys, viewKey } from './view.ts';

/** By name. */
export const listKeys = (db: Db, ctx: Context): Promise<ApiKey[]> =>
  reading(db, ctx, 'api-key:read', async (inside) => {
    const rows = await selectKeys(inside).orderBy('api_keys.name').orderBy('api_keys.id').execute();
    return rows.map(viewKey);
  });

/**
 * The old secret works for `grace` and not longer than the key. Who rotates a key holds it: it may not more than he does.
 * @throws MusterError `not_found`, `forbidden`
 */
export const rotateKey = (
  db: Db,
  ctx: Context,
  id: string,
  grace: string,
): Promise<{ secret: string; apiKey: ApiKey }> =>
  mutation(db, ctx, 'api-key:write', async (inside) => {
    const before = await readKey(inside, id);
    if (!covers(ctx.grants, await grantsOf(inside, before))) throw forbidden('This key may more than you do.');
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

/** What a key opens, and where. */
async function grantsOf({ db }: TransactionContext, { permissions, place_id, device }: ApiKeyRow): Promise<Grants> {
  const inPlace = place_id === null ? 'everywhere' : await scopeOfPlace(db, place_id);
  const scope = device === null ? inPlace : { places: [], devices: [device] };
  return new Map(permissions.map((permission) => [permission as Permission, scope]));
}

/** What is open with it ends too. @throws MusterError `not_found` */
export const revokeKey = (db: Db, ctx: Context, id: string): Promise<void> =>
  mutation(db, ctx, 'api-key:write', async (inside) => {
    const before = viewKey(await readKey(inside, id));
    await inside.db.deleteFrom('api_keys').where('id', '=', id).execute();
    await tell(inside, { kind: 'access.changed', organizationId: ctx.organizationId, of: id });
    return [undefined, { action: 'api_key.revoked', object: `api-key:${id}`, details: { before } }];
  });
