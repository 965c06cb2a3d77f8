import type { DeviceStatus } from '@muster/contract/devices';
import type { DeviceType } from '@muster/contract/solution';
import type pg from 'pg';
import { coalesce } from '../platform/coalesce.ts';
import { type Boot, type Channel, createChannel, type OrganizationChannel } from './channel.ts';
import { type Count, emptyCount } from './ledger.ts';
import { parseSeen } from './seen.ts';

/** Who a device is, as its credential tells. */
export interface DeviceIdentity {
  number: number;
  deviceId: string;
  type: string;
  status: DeviceStatus;
  /** ms since 1970; 0: never. */
  lastSeen: number;
  organization: { id: string; number: number; slug: string; rawDays: number };
}

export interface Channels {
  /** The channel of a device; read from the store on its first use. */
  open(identity: DeviceIdentity): Promise<Channel>;
  /** Only if it is open already. */
  get(device: number): Channel | undefined;
  /** The device was deleted. */
  close(device: number): void;
  organization(identity: DeviceIdentity['organization']): OrganizationChannel;
  organizationById(id: string): OrganizationChannel | undefined;
  organizations(): Iterable<OrganizationChannel>;
  all(): Iterable<Channel>;
  openBoot(channel: Channel, name: string): Promise<Boot>;
  /** Reads the ledgers of organizations, once at start. */
  load(): Promise<void>;
}

interface StateRow {
  device: number;
  latest: Record<string, [string | number | boolean, number, number, number]>;
  received: number;
  stored: number;
  duplicates: number;
  rejected: Count['rejected'];
}

const DAY_MS = 86_400_000;

export function createChannels(pool: pg.Pool, typeOf: (id: string) => DeviceType): Channels {
  const channels = new Map<number, Channel>();
  const organizations = new Map<number, OrganizationChannel>();
  const loaded = new Map<string, Count>();

  const readState = coalesce<number, StateRow | undefined>(async (devices) => {
    const { rows } = await pool.query<StateRow>(
      'select device, latest, received, stored, duplicates, rejected from device_states where device = any($1::int[])',
      [devices],
    );
    const byDevice = new Map(rows.map((row) => [row.device, row]));
    return devices.map((device) => byDevice.get(device));
  });

  const insertBoot = coalesce<{ channel: Channel; name: string }, { id: number; seen: string }>(async (keys) => {
    const { rows } = await pool.query<{ id: number; device: number; boot: string; seen: string }>(
      `insert into device_boots (organization_id, device, boot)
       select distinct * from unnest($1::uuid[], $2::int[], $3::text[])
       on conflict (device, boot) do update set updated_at = now() returning id, device, boot, seen::text as seen`,
      [
        keys.map(({ channel }) => channel.organization.id),
        keys.map(({ channel }) => channel.number),
        keys.map(({ name }) => name),
      ],
    );
    const byKey = new Map(rows.map((row) => [`${row.device} ${row.boot}`, row]));
    return keys.map(({ channel, name }) => byKey.get(`${channel.number} ${name}`) as { id: number; seen: string });
  });

  const opening = new Map<number, Promise<Channel>>();
  const openingBoots = new Map<string, Promise<Boot>>();

  async function read(identity: DeviceIdentity): Promise<Channel> {
    const channel = createChannel({
      number: identity.number,
      deviceId: identity.deviceId,
      organization: organization(identity.organization),
      type: typeOf(identity.type),
      status: identity.status,
      lastSeen: identity.lastSeen,
    });
    const state = await readState(identity.number);
    if (state) restore(channel, state);
    channels.set(identity.number, channel);
    return channel;
  }

  function organization(identity: DeviceIdentity['organization']): OrganizationChannel {
    let known = organizations.get(identity.number);
    if (!known) {
      const count = loaded.get(identity.id) ?? emptyCount();
      known = { id: identity.id, number: identity.number, slug: identity.slug, count, rawMs: 0, dirty: false };
      organizations.set(identity.number, known);
    }
    known.rawMs = identity.rawDays * DAY_MS;
    return known;
  }

  async function makeBoot(channel: Channel, name: string): Promise<Boot> {
    const row = await insertBoot({ channel, name });
    // dirty from the first moment: it is kept until a checkpoint has written it
    const boot: Boot = { id: row.id, name, seen: parseSeen(row.seen), dirty: true };
    channel.boots.set(name, boot);
    return boot;
  }

  return {
    async open(identity) {
      const known = channels.get(identity.number);
      if (known) return known;
      let work = opening.get(identity.number);
      if (!work) {
        work = read(identity).finally(() => opening.delete(identity.number));
        opening.set(identity.number, work);
      }
      return work;
    },
    get: (device) => channels.get(device),
    close(device) {
      const channel = channels.get(device);
      if (channel) channel.closed = true;
      channels.delete(device);
    },
    organization,
    organizationById: (id) => [...organizations.values()].find((known) => known.id === id),
    organizations: () => organizations.values(),
    all: () => channels.values(),
    openBoot(channel, name) {
      const key = `${channel.number} ${name}`;
      let work = openingBoots.get(key);
      if (!work) {
        work = makeBoot(channel, name).finally(() => openingBoots.delete(key));
        openingBoots.set(key, work);
      }
      return work;
    },
    async load() {
      const { rows } = await pool.query<
        Omit<StateRow, 'latest' | 'device'> & { id: string; number: number; slug: string; raw_days: number }
      >(
        `select o.id, o.number, o.slug, o.raw_days, coalesce(l.received, 0) as received, coalesce(l.stored, 0) as stored,
           coalesce(l.duplicates, 0) as duplicates, coalesce(l.rejected, '{}') as rejected
         from organizations o left join organization_ledgers l on l.organization_id = o.id`,
      );
      for (const row of rows) {
        loaded.set(row.id, countOf(row));
        organization({ id: row.id, number: row.number, slug: row.slug, rawDays: row.raw_days });
      }
    },
  };
}

function restore(channel: Channel, state: StateRow): void {
  channel.count = countOf(state);
  for (const [name, [value, ts, order, quality]] of Object.entries(state.latest)) {
    channel.otherLatest.set(name, { value, ts, order, quality });
    channel.names.add(name);
  }
}

const countOf = ({ received, stored, duplicates, rejected }: Omit<StateRow, 'latest' | 'device'>): Count => ({
  received,
  stored,
  duplicates,
  rejected: { ...rejected },
  pending: 0,
});
