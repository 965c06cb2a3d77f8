import { timingSafeEqual } from 'node:crypto';
import type { DeviceStatus } from '@muster/contract/devices';
import { sql } from 'kysely';
import type { Bus } from '../platform/bus.ts';
import { coalesce } from '../platform/coalesce.ts';
import { type Db, inAuthentication } from '../platform/db/store.ts';
import { hashToken } from '../platform/token.ts';

/** A device as its credential and its data find it: kept in memory, forgotten when it changes. */
export interface FleetDevice {
  number: number;
  deviceId: string;
  name: string;
  type: string;
  placeId: string | null;
  status: DeviceStatus;
  /** ms since 1970; 0: never. */
  lastSeen: number;
  organization: { id: string; number: number; slug: string; rawDays: number };
  /** `isUsed`: that it opened the device once stands in the audit trail, or will in a moment. */
  tokens: { hash: Buffer; expiresAt: number; isUsed: boolean }[];
}

/** Finds devices by the name they sign in with. */
export interface Registry {
  /** undefined: there is none. Rejects while the store is away and the device is not known yet. */
  find(slug: string, deviceId: string): Promise<FleetDevice | undefined>;
  /** The device that this token opens now. */
  findByToken(token: string): Promise<FleetDevice | undefined>;
  /** Tells of devices whose credential must be looked at again: their connections end unless it still holds. */
  onChanged(listener: (number: number, deleted: boolean) => void): void;
}

const SLUG = /^[a-z0-9-]{1,63}$/;
const DEVICE_ID = /^[A-Za-z0-9._-]{1,64}$/;

export function createRegistry(db: Db, bus: Bus, onTokenUsed?: (device: FleetDevice, token: string) => void): Registry {
  const devices = new Map<string, FleetDevice>();
  const keys = new Map<number, string>();
  const listeners: ((number: number, deleted: boolean) => void)[] = [];

  const read = coalesce<{ slug: string; deviceId: string }, FleetDevice | undefined>(async (wanted) => {
    const rows = await inAuthentication(db, async (trx) => {
      const { rows } = await sql<Row>`
        select d.number, d.device_id, d.name, d.type, d.place_id, d.status, d.last_seen_at, o.id as organization_id, o.number as organization_number,
          o.slug, o.raw_days,
          coalesce((select json_agg(json_build_object('hash', encode(t.hash, 'hex'), 'expiresAt', extract(epoch from t.expires_at) * 1000, 'isUsed', t.first_used_at is not null))
                    from device_tokens t where t.organization_id = d.organization_id and t.device = d.number), '[]') as tokens
        from unnest(${wanted.map((key) => key.slug)}::text[], ${wanted.map((key) => key.deviceId)}::text[]) as w(slug, device_id)
        join organizations o on o.slug = w.slug and o.status = 'active'
        join devices d on d.organization_id = o.id and d.device_id = w.device_id`.execute(trx);
      return rows;
    });
    const found = new Map(rows.map((row) => [`${row.slug}/${row.device_id}`, toDevice(row)]));
    return wanted.map((key) => found.get(`${key.slug}/${key.deviceId}`));
  });

  /** Which device a token belongs to, by the token's hash. */
  const owners = new Map<string, { slug: string; deviceId: string }>();
  const readOwner = coalesce<string, { slug: string; deviceId: string } | undefined>(async (hashes) => {
    const rows = await inAuthentication(db, async (trx) => {
      const { rows } = await sql<{ hash: string; slug: string; deviceId: string }>`
        select encode(t.hash, 'hex') as hash, o.slug, d.device_id as "deviceId"
        from device_tokens t
        join devices d on d.organization_id = t.organization_id and d.number = t.device
        join organizations o on o.id = t.organization_id and o.status = 'active'
        where t.hash = any(select decode(h, 'hex') from unnest(${hashes}::text[]) as h)`.execute(trx);
      return rows;
    });
    const byHash = new Map(rows.map((row) => [row.hash, row]));
    return hashes.map((hash) => byHash.get(hash));
  });

  function forget(number: number, deleted: boolean): void {
    const key = keys.get(number);
    if (key !== undefined) devices.delete(key);
    keys.delete(number);
    for (const listener of listeners) listener(number, deleted);
  }

  bus.on((message) => {
    if (message.kind === 'device.changed') forget(message.number, false);
    if (message.kind === 'device.deleted') forget(message.number, true);
    if (message.kind === 'organization.changed') devices.clear();
    if (message.kind === 'organization.disabled') {
      for (const [number, key] of [...keys]) if (key.startsWith(`${message.slug}/`)) forget(number, false);
    }
  });
  bus.onGap(() => {
    for (const number of [...keys.keys()]) forget(number, false);
  });

  async function find(slug: string, deviceId: string): Promise<FleetDevice | undefined> {
    if (!SLUG.test(slug) || !DEVICE_ID.test(deviceId)) return undefined;
    const key = `${slug}/${deviceId}`;
    const known = devices.get(key);
    if (known) return known;
    const device = await read({ slug, deviceId });
    if (device) {
      devices.set(key, device);
      keys.set(device.number, key);
    }
    return device;
  }

  return {
    find,
    async findByToken(token) {
      const hash = hashToken(token).toString('hex');
      const owner = owners.get(hash) ?? (await readOwner(hash));
      // a token may have moved on since: the device itself says whether it still opens
      const device = owner && (await find(owner.slug, owner.deviceId));
      if (!device || !tokenOpens(device, token, Date.now())) {
        owners.delete(hash);
        return undefined;
      }
      owners.set(hash, owner as { slug: string; deviceId: string });
      onTokenUsed?.(device, token);
      return device;
    },
    onChanged: (listener) => listeners.push(listener),
  };
}

/** Does the token open this device now? */
export const tokenOpens = (device: FleetDevice, token: string, now: number): boolean =>
  now < tokenEndsAt(device, token);

/** Until when the token opens this device, ms since 1970; -Infinity: never. Compared in constant time. */
export function tokenEndsAt(device: FleetDevice, token: string): number {
  const hash = hashToken(token);
  let endsAt = -Infinity;
  for (const { hash: known, expiresAt } of device.tokens) if (timingSafeEqual(hash, known)) endsAt = expiresAt;
  return endsAt;
}

interface Row {
  number: number;
  device_id: string;
  name: string;
  type: string;
  place_id: string | null;
  status: DeviceStatus;
  last_seen_at: Date | null;
  organization_id: string;
  organization_number: number;
  slug: string;
  raw_days: number;
  tokens: { hash: string; expiresAt: number | null; isUsed: boolean }[];
}

const toDevice = (row: Row): FleetDevice => ({
  number: row.number,
  deviceId: row.device_id,
  name: row.name,
  type: row.type,
  placeId: row.place_id,
  status: row.status,
  lastSeen: row.last_seen_at?.getTime() ?? 0,
  organization: { id: row.organization_id, number: row.organization_number, slug: row.slug, rawDays: row.raw_days },
  tokens: row.tokens.map(({ hash, expiresAt, isUsed }) => ({
    isUsed,
    hash: Buffer.from(hash, 'hex'),
    expiresAt: expiresAt === null ? Infinity : Number(expiresAt),
  })),
});
