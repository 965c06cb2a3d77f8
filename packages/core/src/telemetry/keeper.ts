import type pg from 'pg';
import { type ConnectionSettings, connectAlone } from '../platform/db/pool.ts';
import type { Log } from '../platform/log.ts';
import { type Channel, forgetOldBoots } from './channel.ts';
import type { Channels } from './channels.ts';
import { type Snapshot, takeSnapshot, writeSnapshot } from './checkpoint.ts';
import type { Partitions } from './partitions.ts';
import type { RollupView } from './range.ts';
import { recover } from './recover.ts';
import type { Writer } from './writer.ts';

/** A checkpoint is due after this long, or this many messages: what a start after a crash must catch up with. */
const EVERY_MS = 120_000;
const EVERY_MESSAGES = 500_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Keeps what is derived from telemetry in step with it: checkpoints, rollups of hours, retention, partitions ahead of time. */
export interface Keeper {
  /** Reads the last checkpoint and catches up after a crash, before the first message. Answers the newest stamp given, µs. */
  start(): Promise<number>;
  /** Tell it of every committed batch, after it was derived. */
  onCommitted(upto: number, messages: number): void;
  /** Remembers that a channel has news. */
  markDirty(channel: Channel): void;
  /** Writes a checkpoint as soon as memory and store agree. */
  checkpoint(): Promise<void>;
  /** Adds closed hours to the hour rollup. */
  rollHours(): Promise<void>;
  dropExpired(now: number): Promise<string[]>;
  rollupView(channel: Channel): RollupView;
  stop(): Promise<void>;
}

export interface KeeperOptions {
  settings: ConnectionSettings;
  log: Log;
  channels: Channels;
  partitions: Partitions;
  /** Set before the first message; the two need each other. */
  writer(): Writer;
}

export function createKeeper({ settings, log, channels, partitions, writer }: KeeperOptions): Keeper {
  let dirty = new Set<Channel>();
  let upto = 0;
  let messages = 0;
  let lastAt = Date.now();
  let number = 0;
  let hoursNumber = 0;
  /** Taken out of memory, not yet written: readers add its buckets. */
  let unwritten: Snapshot | undefined;
  /** Whose starts are in it. */
  let unwrittenOf: Channel[] = [];
  let wanted: (() => void)[] = [];
  let writing: Promise<void> | undefined;
  let client: pg.Client | undefined;
  const timers: NodeJS.Timeout[] = [];

  function takeIfWanted(): void {
    if (wanted.length === 0 || unwritten) return;
    const ready = wanted;
    wanted = [];
    unwrittenOf = [...dirty];
    unwritten = takeSnapshot(upto, unwrittenOf, channels.organizations(), writer().pending());
    // channels with numbers that are not committed yet have news for the next checkpoint as well
    dirty = new Set(unwrittenOf.filter((channel) => [...channel.boots.values()].some((boot) => boot.dirty)));
    for (const channel of dirty) channel.dirty = true;
    messages = 0;
    lastAt = Date.now();
    for (const resolve of ready) resolve();
  }

  /** One at a time: a snapshot that could not be written is kept and tried again before the next is taken. */
  function checkpoint(): Promise<void> {
    writing ??= write().finally(() => (writing = undefined));
    return writing;
  }

  async function write(): Promise<void> {
    if (!unwritten) {
      if (dirty.size === 0) return;
      const taken = new Promise<void>((resolve) => wanted.push(resolve));
      if (writer().pending().length === 0) takeIfWanted();
      await taken;
    }
    const snapshot = unwritten as unknown as Snapshot;
    await withClient(async (connection) => {
      onWritten(await writeSnapshot(connection, partitions, snapshot));
    });
  }

  function onWritten(written: number): void {
    number = written;
    unwritten = undefined;
    for (const channel of unwrittenOf) forgetOldBoots(channel);
    unwrittenOf = [];
  }

  async function rollHours(): Promise<void> {
    await withClient(async (connection) => {
      await ensureHourPartitions(connection, partitions, hoursNumber);
      hoursNumber = await addHours(connection);
    });
  }

  /** Its own connection: a checkpoint must not wait behind people's queries, nor be in doubt. */
  async function withClient(work: (connection: pg.Client) => Promise<void>): Promise<void> {
    try {
      client ??= await connectPatiently();
      await work(client);
    } catch (error) {
      client?.end().catch(() => undefined);
      client = undefined;
      await afterDoubt();
      throw error;
    }
  }

  const connectPatiently = () =>
    connectAlone(settings, 'muster_ingest', { patient: true, onLost: () => (client = undefined) });

  /** The connection broke while a checkpoint was written: only the store knows whether it is there. */
  async function afterDoubt(): Promise<void> {
    if (!unwritten) return;
    const fresh = await connectAlone(settings, 'muster_ingest');
    try {
      const state = await readState(fresh);
      if (state.number > number) onWritten(state.number);
    } finally {
      await fresh.end().catch(() => undefined);
    }
  }

  function every(ms: number, what: string, work: () => Promise<unknown>): void {
    const timer = setInterval(() => {
      work().catch((error) => log.warn({ err: error }, `${what} failed; it is tried again`));
    }, ms);
    timer.unref();
    timers.push(timer);
  }

  return {
    async start() {
      client = await connectPatiently();
      await recover(client, partitions, log);
      const state = await readState(client);
      number = state.number;
      hoursNumber = state.hoursNumber;
      upto = state.upto;
      every(5000, 'the checkpoint', async () => {
        if (messages >= EVERY_MESSAGES || Date.now() - lastAt >= EVERY_MS) await checkpoint();
      });
      every(HOUR_MS / 4, 'the rollup of hours', rollHours);
      every(HOUR_MS / 2, 'making partitions ahead', () => makeAhead(channels, partitions));
      every(HOUR_MS, 'retention', () => partitions.dropExpired(Date.now()));
      return upto;
    },
    onCommitted(stamp, count) {
      upto = stamp;
      messages += count;
      takeIfWanted();
    },
    markDirty(channel) {
      channel.dirty = true;
      dirty.add(channel);
    },
    checkpoint,
    rollHours,
    dropExpired: (now) => partitions.dropExpired(now),
    rollupView(channel) {
      const buckets: RollupView['buckets'][number][] = [];
      for (const row of unwritten?.buckets ?? []) {
        if (row.device === channel.number) buckets.push({ layout: row.layout, bucket: row.bucket });
      }
      for (const { layout, bucket, others } of channel.layouts) {
        if (bucket) buckets.push({ layout: layout.id, bucket });
        for (const other of others.values()) buckets.push({ layout: layout.id, bucket: other });
      }
      return { checkpoint: number, hoursCheckpoint: hoursNumber, buckets };
    },
    async stop() {
      for (const timer of timers) clearInterval(timer);
      // with messages still under way memory and store do not agree: the next start catches up instead
      if (writer().pending().length === 0) {
        await checkpoint().catch((error) => log.warn({ err: error }, 'no last checkpoint: the next start catches up'));
      }
      await client?.end().catch(() => undefined);
    },
  };
}

async function readState(client: pg.ClientBase): Promise<{ number: number; hoursNumber: number; upto: number }> {
  const { rows } = await client.query<{ number: number; hours_number: number; upto: number }>(
    `select number, hours_number, case when isfinite(upto) then (extract(epoch from upto) * 1000000)::bigint else 0 end as upto
     from telemetry_checkpoints`,
  );
  const row = rows[0] as { number: number; hours_number: number; upto: number };
  return { number: row.number, hoursNumber: row.hours_number, upto: row.upto };
}

async function ensureHourPartitions(client: pg.ClientBase, partitions: Partitions, after: number): Promise<void> {
  const { rows } = await client.query<{ organization: number; year: Date }>(
    `select distinct organization, date_trunc('year', bucket) as year from telemetry_minutes where checkpoint > $1`,
    [after],
  );
  for (const { organization, year } of rows) await partitions.ensure('telemetry_hours', organization, year.getTime());
}

/**
 * Adds the minutes of checkpoints not yet in the hours, each once: which ones is decided by the checkpoints' numbers, so
 * minutes that came late are added too.
 * @returns the number of the newest checkpoint that is in the hours now
 */
async function addHours(client: pg.ClientBase): Promise<number> {
  await client.query('begin');
  try {
    const { rows } = await client.query<{ number: number; hours_number: number }>(
      'select number, hours_number from telemetry_checkpoints for update',
    );
    const { number, hours_number: after } = rows[0] as { number: number; hours_number: number };
    if (number > after) {
      await client.query(
        `insert into telemetry_hours (bucket, last_ts, checkpoint, organization, device, layout, counts, minimum, maximum, total, last, bad)
         select bucket, max(last_ts), $2, organization, device, layout,
           array_agg(count order by i), array_agg(minimum order by i), array_agg(maximum order by i),
           array_agg(total order by i), array_agg(last order by i), array_agg(bad order by i)
         from (
           select date_trunc('hour', t.bucket) as bucket, t.organization, t.device, t.layout, m.i, max(t.last_ts) as last_ts,
             sum(m.count)::int as count, min(m.minimum) as minimum, max(m.maximum) as maximum, sum(m.total) as total,
             (array_agg(m.last order by t.last_ts desc) filter (where m.count > 0))[1] as last, coalesce(sum(m.bad), 0)::int as bad
           from telemetry_minutes t
           cross join lateral unnest(t.counts, t.minimum, t.maximum, t.total, t.last, t.bad)
             with ordinality as m(count, minimum, maximum, total, last, bad, i)
           where t.checkpoint > $1 and t.checkpoint <= $2
           group by 1, 2, 3, 4, 5) h
         group by bucket, organization, device, layout`,
        [after, number],
      );
      await client.query('update telemetry_checkpoints set hours_number = $1', [number]);
    }
    await client.query('commit');
    return number;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** Tomorrow's partitions are made today: no message waits for one at midnight. */
async function makeAhead(channels: Channels, partitions: Partitions): Promise<void> {
  const soon = Date.now() + 12 * 60 * MINUTE_MS;
  for (const { number } of channels.organizations()) {
    await partitions.ensure('telemetry', number, soon);
    await partitions.ensure('telemetry_minutes', number, soon);
  }
}
