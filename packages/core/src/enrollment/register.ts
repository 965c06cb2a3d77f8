import { sql } from 'kysely';
import { addDevice, addToken, type LiveState, viewDevice } from '../devices/index.ts';
import type { PlaceKinds } from '../places/index.ts';
import type { Context, TransactionContext } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { forbidden } from '../platform/errors.ts';
import { mutation } from '../platform/mutation.ts';
import { opensNothing } from './open.ts';
import type { EnrollmentTokenRow } from './view.ts';

export interface NewArrival {
  deviceId: string;
  type: string;
  serialNumber?: string;
  name?: string;
}

/** What a device signs in with. */
export interface Registered {
  deviceId: string;
  username: string;
  /** Shown once: only its hash is kept. */
  token: string;
}

/**
 * Makes the device where the token says, and its device token. A refusal uses nothing up.
 * @param ctx of an enrollment token
 * @throws MusterError `unauthenticated` when the token is used up, `forbidden` for a type that is not the token's, `conflict` when the device is there
 */
export const registerDevice = (
  db: Db,
  ctx: Context,
  input: NewArrival,
  types: ReadonlyMap<string, unknown>,
  kinds: PlaceKinds,
  live: LiveState,
): Promise<Registered> =>
  mutation(db, ctx, 'device:write', async (inside) => {
    const { type, place_id: placeId } = await useToken(inside);
    if (type !== null && input.type !== type) {
      throw forbidden(`This enrollment token registers devices of the type ${type} only.`);
    }
    const row = await addDevice(inside, { ...input, placeId }, types, kinds);
    const token = await addToken(inside, row.number);
    const after = viewDevice(row, live);
    return [
      { deviceId: row.device_id, username: `${ctx.organizationSlug}/${row.device_id}`, token },
      { action: 'device.registered', object: `device:${row.device_id}`, details: { after } },
    ];
  });

/** Counts a use, one after the other: whoever comes when none is left, or when it was revoked meanwhile, finds nothing. */
async function useToken({ db, actor, address }: TransactionContext): Promise<EnrollmentTokenRow> {
  const row = await db
    .updateTable('enrollment_tokens')
    .set({ uses: sql`uses + 1`, last_used_at: new Date(), last_address: address ?? null })
    .where('id', '=', actor.id)
    .where('uses', '<', sql.ref<number>('max_uses'))
    .where('expires_at', '>', new Date())
    .returningAll()
    .executeTakeFirst();
  if (!row) throw opensNothing();
  return row;
}
