import { tell } from '../platform/bus.ts';
import type { Context, TransactionContext } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { notFound } from '../platform/errors.ts';
import { readGrace } from '../platform/grace.ts';
import { mutation } from '../platform/mutation.ts';
import { hashToken, makeToken } from '../platform/token.ts';
import { newId } from '../platform/uuid.ts';

export interface NewToken {
  /** Shown once: only its hash is kept. */
  token: string;
  username: string;
  oldTokenEndsAt: string | null;
}

/**
 * Makes a new device token. Older ones work for `grace` (`0s`, `10m`, `24h`) and not longer than they would have anyway.
 * @throws MusterError `not_found`
 */
export const rotateToken = (db: Db, ctx: Context, deviceId: string, grace: string): Promise<NewToken> =>
  mutation(db, ctx, 'device:credential', async (inside) => {
    const device = await inside.db
      .selectFrom('devices')
      .innerJoin('organizations', 'organizations.id', 'devices.organization_id')
      .select(['devices.number', 'organizations.slug'])
      .where('device_id', '=', deviceId)
      .forUpdate('devices')
      .executeTakeFirst();
    if (!device) throw notFound('device');
    const graceMs = readGrace(grace);
    const endsAt = new Date(Date.now() + graceMs);
    const old = inside.db.updateTable('device_tokens').where('device', '=', device.number);
    if (graceMs === 0) await inside.db.deleteFrom('device_tokens').where('device', '=', device.number).execute();
    const kept = await old
      .set({ expires_at: endsAt })
      .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', endsAt)]))
      .executeTakeFirst();
    const token = await addToken(inside, device.number);
    await tell(inside, { kind: 'device.changed', organizationId: ctx.organizationId, number: device.number, deviceId });
    const oldTokenEndsAt = kept.numUpdatedRows > 0n ? endsAt.toISOString() : null;
    return [
      { token, username: `${device.slug}/${deviceId}`, oldTokenEndsAt },
      { action: 'device.token_rotated', object: `device:${deviceId}`, details: { grace } },
    ];
  });

/** One more token of a device, to be shown once. */
export async function addToken({ db, organizationId }: TransactionContext, device: number): Promise<string> {
  const token = makeToken('md');
  await db
    .insertInto('device_tokens')
    .values({ id: newId(), organization_id: organizationId, device, hash: hashToken(token) })
    .execute();
  return token;
}
