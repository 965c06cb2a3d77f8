import { randomBytes } from 'node:crypto';
import { tell } from '../platform/bus.ts';
import type { Context } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { notFound } from '../platform/errors.ts';
import { mutation } from '../platform/mutation.ts';
import { newId } from '../platform/uuid.ts';
import { hashToken } from './registry.ts';

export interface NewToken {
  /** Shown once: only its hash is kept. */
  token: string;
  username: string;
  oldTokenEndsAt: string | null;
}

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000 };

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
    const graceMs = Number.parseInt(grace, 10) * UNIT_MS[grace.at(-1) as keyof typeof UNIT_MS];
    const endsAt = new Date(Date.now() + graceMs);
    const old = inside.db.updateTable('device_tokens').where('device', '=', device.number);
    if (graceMs === 0) await inside.db.deleteFrom('device_tokens').where('device', '=', device.number).execute();
    const kept = await old
      .set({ expires_at: endsAt })
      .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', endsAt)]))
      .executeTakeFirst();
    const token = `md_${randomBytes(32).toString('base64url')}`;
    await inside.db
      .insertInto('device_tokens')
      .values({ id: newId(), organization_id: ctx.organizationId, device: device.number, hash: hashToken(token) })
      .execute();
    await tell(inside, { kind: 'device.changed', organizationId: ctx.organizationId, number: device.number, deviceId });
    const oldTokenEndsAt = kept.numUpdatedRows > 0n ? endsAt.toISOString() : null;
    return [
      { token, username: `${device.slug}/${deviceId}`, oldTokenEndsAt },
      { action: 'device.token_rotated', object: `device:${deviceId}`, details: { grace } },
    ];
  });
