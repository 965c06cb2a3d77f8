import type { ApiKey } from '@muster/contract/api-keys';
import type { Permission } from '@muster/contract/permissions';
import { type AccessCatalogue, covers } from '../../access/index.ts';
import { scopeOfPlace } from '../../places/index.ts';
import type { Context, Grants, Scope, TransactionContext } from '../../platform/context.ts';
import type { Db } from '../../platform/db/store.ts';
import { forbidden, invalid } from '../../platform/errors.ts';
import { readExpiry } from '../../platform/expiry.ts';
import { mutation } from '../../platform/mutation.ts';
import { hashToken, hintOf, makeToken } from '../../platform/token.ts';
import { newId } from '../../platform/uuid.ts';
import { readKey, viewKey } from './view.ts';

export interface NewKey {
  name: string;
  permissions: string[];
  placeId?: string | null;
  deviceId?: string | null;
  expiresAt?: string | null;
}

/** A key may at most what its maker may; it belongs to the organization and outlives him. @throws MusterError `invalid`, `forbidden` */
export const createKey = (
  db: Db,
  ctx: Context,
  input: NewKey,
  catalogue: AccessCatalogue,
): Promise<{ secret: string; apiKey: ApiKey }> =>
  mutation(db, ctx, 'api-key:write', async (inside) => {
    const where = await findWhere(inside, input);
    const grants = new Map<Permission, Scope>();
    for (const [index, permission] of input.permissions.entries()) {
      const of = catalogue.permissions.get(permission as Permission)?.of;
      const path = `/permissions/${index}`;
      if (!of) throw invalid('There is no such permission.', [{ path, message: 'is not known' }]);
      if (of !== 'place' && where.scope !== 'everywhere') {
        throw invalid('This permission holds everywhere or not at all.', [
          { path, message: 'can not be given for a place' },
        ]);
      }
      grants.set(permission as Permission, where.scope);
    }
    if (!covers(ctx.grants, grants as Grants)) throw forbidden('You can not give a key that may more than you do.');
    const id = newId();
    const secret = makeToken('mk');
    await inside.db
      .insertInto('api_keys')
      .values({
        id,
        organization_id: ctx.organizationId,
        name: input.name.trim(),
        hint: hintOf(secret),
        hash: hashToken(secret),
        permissions: input.permissions,
        place_id: input.placeId ?? null,
        device: where.device,
        created_by: ctx.actor.name,
        expires_at: input.expiresAt ? readExpiry(input.expiresAt) : null,
      })
      .execute();
    const apiKey = viewKey(await readKey(inside, id));
    return [
      { secret, apiKey },
      { action: 'api_key.created', object: `api-key:${id}`, details: { after: apiKey } },
    ];
  });

/** Where a key is to hold. @throws MusterError `invalid` */
async function findWhere(
  { db }: TransactionContext,
  { placeId, deviceId }: NewKey,
): Promise<{ scope: Scope; device: number | null }> {
  if (placeId && deviceId) {
    throw invalid('A key holds in a place or for a device, not both.', [
      { path: '/deviceId', message: 'stands beside a place' },
    ]);
  }
  if (deviceId) {
    const device = await db.selectFrom('devices').select('number').where('device_id', '=', deviceId).executeTakeFirst();
    if (!device) {
      throw invalid('There is no such device.', [{ path: '/deviceId', message: 'is no device of this organization' }]);
    }
    return { scope: { places: [], devices: [device.number] }, device: device.number };
  }
  if (!placeId) return { scope: 'everywhere', device: null };
  return { scope: await scopeOfPlace(db, placeId), device: null };
}
