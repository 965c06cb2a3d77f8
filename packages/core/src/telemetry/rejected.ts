import type pg from 'pg';
import type { Log } from '../platform/log.ts';
import { newId } from '../platform/uuid.ts';
import type { Channel } from './channel.ts';
import type { Refusal } from './check.ts';

/** Newest refusals kept per device: enough to see what is wrong, and a device that floods fills nothing. */
const KEPT_PER_DEVICE = 100;
const FLUSH_MS = 500;
/** Refusals that wait for the store at most; beyond it the oldest are only counted. */
const MAXIMUM_WAITING = 5000;
const EXCERPT_BYTES = 1024;

interface Waiting {
  channel: Channel;
  refusal: Refusal;
  topic: string;
  bytes: number;
  excerpt: string;
  at: Date;
}

export interface RejectedList {
  add(channel: Channel, refusal: Refusal, topic: string, payload: Buffer): void;
  flush(): Promise<void>;
}

/** Keeps what was refused, with its first kilobyte, so that whoever installs the device sees why. */
export function createRejectedList(pool: pg.Pool, log: Log): RejectedList {
  let waiting: Waiting[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();
  const perDevice = new Map<number, number>();

  async function write(): Promise<void> {
    const batch = waiting;
    waiting = [];
    perDevice.clear();
    if (batch.length === 0) return;
    try {
      await insert(pool, batch);
      await trim(pool, [...new Set(batch.map((item) => item.channel.number))]);
    } catch (error) {
      log.warn({ err: error, lost: batch.length }, 'refused messages could not be listed; they stay counted');
    }
  }

  function flush(): Promise<void> {
    if (timer) clearTimeout(timer);
    timer = undefined;
    writing = writing.then(write);
    return writing;
  }

  return {
    add(channel, refusal, topic, payload) {
      const listed = perDevice.get(channel.number) ?? 0;
      if (listed >= KEPT_PER_DEVICE || waiting.length >= MAXIMUM_WAITING) return;
      perDevice.set(channel.number, listed + 1);
      waiting.push({
        channel,
        refusal,
        topic: storable(topic),
        bytes: payload.length,
        excerpt: excerptOf(payload),
        at: new Date(),
      });
      timer ??= setTimeout(flush, FLUSH_MS);
    },
    flush,
  };
}

/** The first kilobyte as text: what is not UTF-8, and NUL, which the store cannot hold, are shown as replacement characters. */
const excerptOf = (payload: Buffer) => storable(payload.subarray(0, EXCERPT_BYTES).toString('utf8'));
const storable = (text: string) => text.toWellFormed().replaceAll('\0', '\ufffd');

async function insert(pool: pg.Pool, batch: Waiting[]): Promise<void> {
  await pool.query(
    `insert into rejected_messages (id, organization_id, device, received_at, reason, detail, topic, bytes, excerpt)
     select s.* from unnest($1::uuid[], $2::uuid[], $3::int[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::int[], $9::text[])
       as s(id, organization_id, device, received_at, reason, detail, topic, bytes, excerpt)
     where exists (select from devices d where d.number = s.device)`,
    [
      batch.map(() => newId()),
      batch.map((item) => item.channel.organization.id),
      batch.map((item) => item.channel.number),
      batch.map((item) => item.at),
      batch.map((item) => item.refusal.reason),
      batch.map((item) => storable(item.refusal.detail)),
      batch.map((item) => item.topic),
      batch.map((item) => item.bytes),
      batch.map((item) => item.excerpt),
    ],
  );
}

async function trim(pool: pg.Pool, devices: number[]): Promise<void> {
  await pool.query(
    `delete from rejected_messages r using unnest($1::int[]) as d(device)
     where r.device = d.device and r.id < (
       select id from rejected_messages k where k.device = d.device order by id desc offset $2 limit 1)`,
    [devices, KEPT_PER_DEVICE - 1],
  );
}
