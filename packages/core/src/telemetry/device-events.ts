import { isUtf8 } from 'node:buffer';
import type pg from 'pg';
import { isStoreAway } from '../platform/db/store.ts';
import type { Log } from '../platform/log.ts';
import { newId } from '../platform/uuid.ts';
import { within } from '../platform/within.ts';
import type { Channel } from './channel.ts';
import { isStorable, parseJson, type Refusal, readTime } from './check.ts';
import { AWAY_AFTER_MS, costOf, type Pressure } from './pressure.ts';
import { isFaultOfRow } from './writer.ts';

/** An event that a device told, or one of Muster's own about it (`muster.status`). */
export interface NewEvent {
  type: string;
  ts: number;
  receivedAt: number;
  data: unknown;
}

/** Hears every event after its commit. */
export type EventListener = (channel: Channel, event: NewEvent) => void;

export interface DeviceEvents {
  /** Keeps an event until the store has it; `done` after the commit, or when the store refuses the event for good. */
  store(channel: Channel, event: NewEvent, done?: (isStored: boolean) => void): void;
  readonly pending: number;
  /** The store does not take them. */
  readonly away: boolean;
  stop(timeoutMs: number): Promise<void>;
}

const OWN_EVENTS = 'muster.';
const TYPE = /^[A-Za-z][A-Za-z0-9_.:-]{0,127}$/;
const MAXIMUM_DATA_BYTES = 64 * 1024;
/** Lists and objects within each other; whatever writes or reads such data goes down by itself, and would not come back from 10,000. */
const MAXIMUM_LEVELS = 32;
const COLLECT_MS = 4;
const ROWS_AT_ONCE = 500;

interface Waiting {
  /** Made once, so that an event whose commit was in doubt is not stored again. */
  id: string;
  channel: Channel;
  event: NewEvent;
  data: string;
  since: number;
  done: (isStored: boolean) => void;
}

export interface DeviceEventsOptions {
  pool: pg.Pool;
  log: Log;
  listeners: readonly EventListener[];
  pressure: Pressure;
}

/** Group commit of events: few and precious, so they go by INSERT and are kept in memory until the store has them. */
export function createDeviceEvents({ pool, log, listeners, pressure }: DeviceEventsOptions): DeviceEvents {
  const waiting: Waiting[] = [];
  let writing: Promise<void> | undefined;
  let failing = false;
  let stopped = false;

  function take(item: Waiting): void {
    waiting.push(item);
    pressure.add(costOf(item.data.length));
    writing ??= writeAll().finally(() => (writing = undefined));
  }

  async function writeAll(): Promise<void> {
    await pause(COLLECT_MS);
    let atOnce = ROWS_AT_ONCE;
    while (waiting.length > 0 && !stopped) {
      const batch = waiting.slice(0, atOnce);
      let isStored = true;
      try {
        await insert(pool, batch);
      } catch (error) {
        if (!isFaultOfRow(error)) {
          failing = true;
          if (!isStoreAway(error)) log.error({ err: error }, 'events could not be stored; they are tried again');
          await pause(500);
          continue;
        }
        // halved until the event that the store refuses stands alone
        atOnce = batch.length >> 1;
        if (atOnce > 0) continue;
        log.error({ err: error }, 'the store refuses an event');
        isStored = false;
      }
      failing = false;
      atOnce = ROWS_AT_ONCE;
      waiting.splice(0, batch.length);
      for (const item of batch) settle(item, isStored);
    }
  }

  function settle({ channel, event, data, done }: Waiting, isStored: boolean): void {
    if (isStored) for (const listener of listeners) listener(channel, event);
    done(isStored);
    pressure.add(-costOf(data.length));
  }

  return {
    store(channel, event, done = () => undefined) {
      take({ id: newId(), channel, event, data: JSON.stringify(event.data), since: performance.now(), done });
    },
    get pending() {
      return waiting.length;
    },
    get away() {
      return failing || (waiting[0] !== undefined && performance.now() - waiting[0].since > AWAY_AFTER_MS);
    },
    async stop(timeoutMs) {
      if (writing) await within(timeoutMs, writing);
      stopped = true;
    },
  };
}

/** Reads an event publish of a device. */
export function readEvent(payload: Buffer, oldest: number): NewEvent | Refusal {
  const parsed = parseJson(payload, isUtf8);
  if ('reason' in parsed) return parsed;
  const { json } = parsed;
  const refuse = (detail: string): Refusal => ({ reason: 'invalid_event', detail });
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return refuse('An event is an object: {"type": "door_opened", "data": {}}.');
  }
  const { ts, type, data = {}, ...rest } = json as { ts?: unknown; type?: unknown; data?: unknown };
  if (Object.keys(rest).length > 0) return refuse('An event has ts, type and data, and no other field.');
  if (typeof type !== 'string' || !TYPE.test(type) || type.startsWith(OWN_EVENTS)) {
    return refuse('"type" must be a name such as door_opened, and not begin with "muster.".');
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return refuse('"data" must be an object.');
  if (isDeeperThan(data, MAXIMUM_LEVELS)) return refuse(`"data" is nested deeper than ${MAXIMUM_LEVELS} levels.`);
  const text = JSON.stringify(data);
  if (Buffer.byteLength(text) > MAXIMUM_DATA_BYTES) return refuse('"data" is larger than 64 KiB.');
  // JSON.stringify writes NUL and half surrogates as escapes, which PostgreSQL's jsonb does not take
  if (!isStorable(text) || /\\u(?:0000|d[89a-f])/i.test(text)) return refuse('"data" holds NUL or half a character.');
  const receivedAt = Date.now();
  const time = readTime(ts, receivedAt, oldest);
  return typeof time === 'number' ? { type, ts: time, receivedAt, data } : time;
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((one) => isDeeperThan(one, levels - 1));
}

async function insert(pool: pg.Pool, batch: Waiting[]): Promise<void> {
  await pool.query(
    `insert into events (id, organization_id, device, type, ts, received_at, data)
     select * from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::jsonb[])
     on conflict do nothing`,
    [
      batch.map((item) => item.id),
      batch.map((item) => item.channel.organization.id),
      batch.map((item) => item.channel.number),
      batch.map((item) => item.event.type),
      batch.map((item) => new Date(item.event.ts)),
      batch.map((item) => new Date(item.event.receivedAt)),
      batch.map((item) => item.data),
    ],
  );
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
