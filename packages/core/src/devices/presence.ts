import type { DeviceStatus } from '@muster/contract/devices';
import type pg from 'pg';
import type { Log } from '../platform/log.ts';
import type { Channel, DeviceIdentity, Telemetry } from '../telemetry/index.ts';

/** A device without a connection is offline after four of its usual intervals without a word, and not before a minute. */
const SILENT_INTERVALS = 4;
const SILENT_AT_LEAST_MS = 60_000;
const LOOK_EVERY_MS = 5000;
const WRITE_EVERY_MS = 250;
/** Changes of one device that wait for the store; what changes beyond them becomes one, so that coming and going fills no memory. */
const MOST_WAITING = 8;

/** Hears every change of a device's status. */
export type StatusListener = (channel: Channel, status: DeviceStatus, at: number) => void;

/** Who is there: from connections, wills and data. */
export interface Presence {
  connected(channel: Channel): void;
  /** @param orderly it took its leave */
  disconnected(channel: Channel, orderly: boolean): void;
  /** The device said it itself, or its last will did; `done` after the change is stored. */
  said(channel: Channel, status: 'online' | 'offline', done: () => void): void;
  /** It sent something, over whatever way. */
  heard(channel: Channel): void;
  onChanged(listener: StatusListener): void;
  start(): void;
  /** The server goes: that its connections end says nothing of the devices. */
  stop(): Promise<void>;
}

const nothing = () => undefined;

interface Change {
  from: DeviceStatus;
  to: DeviceStatus;
  reason: string;
  at: number;
}

interface Waiting {
  events: number;
  /** All changes beyond those, as one. */
  summed: Change | undefined;
  whenStored: (() => void)[];
}

export function createPresence(pool: pg.Pool, telemetry: Telemetry, log: Log): Presence {
  const listeners: StatusListener[] = [];
  const startedAt = Date.now();
  const waiting = new Map<Channel, Waiting>();
  let changed = new Set<Channel>();
  let writing: Promise<void> | undefined;
  let swept = false;
  let stopping = false;
  const timers: NodeJS.Timeout[] = [];

  function change(channel: Channel, to: DeviceStatus, reason: string, done: () => void = nothing): void {
    const from = channel.status;
    if (from === to || stopping || channel.closed) return done();
    const at = Date.now();
    channel.status = to;
    changed.add(channel);
    record(channel, { from, to, reason, at }, done);
    for (const listener of listeners) listener(channel, to, at);
  }

  function record(channel: Channel, change: Change, done: () => void): void {
    let known = waiting.get(channel);
    if (!known) {
      known = { events: 0, summed: undefined, whenStored: [] };
      waiting.set(channel, known);
    }
    if (known.events >= MOST_WAITING) {
      known.summed = { ...change, from: known.summed?.from ?? change.from };
      if (done !== nothing) known.whenStored.push(done);
      return;
    }
    known.events++;
    const { at, ...data } = change;
    telemetry.events.store(channel, { type: 'muster.status', ts: at, receivedAt: at, data }, () => {
      known.events--;
      done();
      if (known.events === 0) recordSummed(channel, known);
    });
  }

  function recordSummed(channel: Channel, { summed, whenStored }: Waiting): void {
    waiting.delete(channel);
    const done = () => {
      for (const each of whenStored) each();
    };
    if (summed && summed.from !== summed.to) record(channel, summed, done);
    else done();
  }

  /** A device that only speaks, without a connection, goes offline by its silence. */
  function look(): void {
    const now = Date.now();
    for (const channel of telemetry.channels.all()) {
      if (channel.connections > 0 || channel.status !== 'online') continue;
      const patience = Math.max(SILENT_AT_LEAST_MS, SILENT_INTERVALS * channel.type.intervalMs);
      if (now - Math.max(channel.lastSeen, startedAt) > patience) change(channel, 'offline', 'silent');
    }
    if (!swept && now - startedAt > SILENT_AT_LEAST_MS) {
      swept = true;
      sweep().catch((error) => {
        swept = false;
        log.warn({ err: error }, 'devices that did not come back could not be found; it is tried again');
      });
    }
  }

  /** Devices that were online when the server stopped and did not come back since: opened, so that silence can be judged. */
  async function sweep(): Promise<void> {
    const { rows } = await pool.query<
      DeviceIdentity & { organization_id: string; organization_number: number; slug: string; raw_days: number }
    >(
      `select d.number, d.device_id as "deviceId", d.type, d.status,
         coalesce((extract(epoch from d.last_seen_at) * 1000)::bigint, 0) as "lastSeen",
         o.id as organization_id, o.number as organization_number, o.slug, o.raw_days
       from devices d join organizations o on o.id = d.organization_id where d.status = 'online'`,
    );
    for (const row of rows) {
      if (telemetry.channels.get(row.number)) continue;
      const organization = {
        id: row.organization_id,
        number: row.organization_number,
        slug: row.slug,
        rawDays: row.raw_days,
      };
      await telemetry.channels.open({ ...row, organization });
    }
  }

  function write(): void {
    writing ??= flush().finally(() => (writing = undefined));
  }

  async function flush(): Promise<void> {
    if (changed.size === 0) return;
    const batch = [...changed];
    changed = new Set();
    try {
      await pool.query(
        `update devices d set status = s.status, last_seen_at = greatest(d.last_seen_at, to_timestamp(nullif(s.at, 0) / 1000.0))
         from unnest($1::int[], $2::text[], $3::float8[]) as s(device, status, at) where d.number = s.device`,
        [
          batch.map((channel) => channel.number),
          batch.map((channel) => channel.status),
          batch.map((channel) => channel.lastSeen),
        ],
      );
    } catch (error) {
      log.warn({ err: error }, 'the status of devices could not be stored; it is tried again');
      for (const channel of batch) changed.add(channel);
    }
  }

  return {
    connected(channel) {
      channel.connections++;
      channel.lastSeen = Date.now();
      change(channel, 'online', 'connected');
    },
    disconnected(channel, orderly) {
      channel.connections--;
      if (channel.connections === 0) change(channel, 'offline', orderly ? 'disconnected' : 'connection lost');
    },
    said: (channel, status, done) => change(channel, status, 'it said so', done),
    heard(channel) {
      channel.lastSeen = Date.now();
      if (channel.status === 'offline' || channel.status === 'pending') change(channel, 'online', 'heard');
    },
    onChanged: (listener) => listeners.push(listener),
    start() {
      timers.push(setInterval(look, LOOK_EVERY_MS).unref(), setInterval(write, WRITE_EVERY_MS).unref());
    },
    async stop() {
      stopping = true;
      for (const timer of timers) clearInterval(timer);
      await writing;
      await flush();
    },
  };
}
