import { sql } from 'kysely';
import { tell } from '../platform/bus.ts';
import type { Context } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { mutation } from '../platform/mutation.ts';
import { hashToken, makeToken } from '../platform/token.ts';
import { newId } from '../platform/uuid.ts';

export interface ManyDevices {
  deviceId: string;
  name: string;
  type: string;
  placeId: string | null;
}

/** Makes devices that are not there yet and gives each a fresh token; tokens by device id. For simulated fleets. */
export const provisionMany = (db: Db, ctx: Context, devices: readonly ManyDevices[]): Promise<Map<string, string>> =>
  mutation(db, ctx, 'device:credential', async (inside) => {
    await sql`
      insert into devices (organization_id, device_id, name, type, place_id)
      select ${ctx.organizationId}, * from unnest(${devices.map((d) => d.deviceId)}::text[], ${devices.map((d) => d.name)}::text[],
        ${devices.map((d) => d.type)}::text[], ${devices.map((d) => d.placeId)}::uuid[])
      on conflict do nothing`.execute(inside.db);
    const { rows } = await sql<{ number: number; device_id: string }>`
      select number, device_id from devices where device_id = any(${devices.map((d) => d.deviceId)}::text[])`.execute(
      inside.db,
    );
    const tokens = new Map(rows.map((row) => [row.device_id, makeToken('md')]));
    const numbers = rows.map((row) => row.number);
    await sql`delete from device_tokens where device = any(${numbers}::int[])`.execute(inside.db);
    await sql`
      insert into device_tokens (id, organization_id, device, hash)
      select t.id, ${ctx.organizationId}, t.device, decode(t.hash, 'hex') from unnest(${rows.map(() => newId())}::uuid[], ${numbers}::int[],
        ${rows.map((row) => hashToken(tokens.get(row.device_id) as string).toString('hex'))}::text[]) as t(id, device, hash)`.execute(
      inside.db,
    );
    for (const { number, device_id: deviceId } of rows) {
      await tell(inside, { kind: 'device.changed', organizationId: ctx.organizationId, number, deviceId });
    }
    return [
      tokens,
      { action: 'device.provisioned', object: `devices:${rows.length}`, details: { devices: rows.length } },
    ];
  });
