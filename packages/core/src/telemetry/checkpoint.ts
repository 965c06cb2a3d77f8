import type pg from 'pg';
import type { Batch } from './batch.ts';
import {
  type Boot,
  BUCKET_FIELDS,
  type Bucket,
  type Channel,
  LATEST_FIELDS,
  type LayoutState,
  MINUTE_MS,
  type OrganizationChannel,
} from './channel.ts';
import type { Count } from './ledger.ts';
import type { Partitions } from './partitions.ts';
import { forget, formatSeen } from './seen.ts';

/** Everything derived from telemetry, as of one batch: written in one transaction with the stamp of that batch. */
export interface Snapshot {
  /** Stamp of the newest batch that is in it, microseconds since 1970. */
  upto: number;
  boots: { id: number; seen: string }[];
  devices: { number: number; organization: string; latest: string; count: Count; lastSeen: number }[];
  organizations: { id: string; count: Count }[];
  buckets: BucketRow[];
}

export interface BucketRow {
  organization: number;
  device: number;
  layout: number;
  bucket: Bucket;
}

/**
 * Takes what changed since the last snapshot out of memory. To be called right after the batch `upto` was derived and before
 * the next one is: so it holds exactly what is committed. Numbers are seen when they are accepted, which is earlier: those of
 * `pending` batches are taken out again, for a crash would otherwise leave them seen and never stored.
 */
export function takeSnapshot(
  upto: number,
  channels: Iterable<Channel>,
  organizations: Iterable<OrganizationChannel>,
  pending: readonly Batch[],
): Snapshot {
  const snapshot: Snapshot = { upto, boots: [], devices: [], organizations: [], buckets: [] };
  const uncommitted = uncommittedNumbers(pending);
  for (const channel of channels) {
    channel.dirty = false;
    for (const boot of channel.boots.values()) {
      if (!boot.dirty) continue;
      snapshot.boots.push({ id: boot.id, seen: committedSeen(boot, uncommitted.get(boot)) });
      boot.dirty = uncommitted.has(boot);
    }
    for (const state of channel.layouts) takeBuckets(snapshot.buckets, channel, state);
    snapshot.devices.push({
      number: channel.number,
      organization: channel.organization.id,
      latest: formatLatest(channel),
      count: copyCount(channel.count),
      lastSeen: channel.lastSeen,
    });
  }
  for (const organization of organizations) {
    snapshot.organizations.push({ id: organization.id, count: copyCount(organization.count) });
  }
  return snapshot;
}

function uncommittedNumbers(pending: readonly Batch[]): Map<Boot, number[]> {
  const numbers = new Map<Boot, number[]>();
  for (const batch of pending) {
    for (const [row, boot] of batch.boots.entries()) {
      if (!boot) continue;
      const list = numbers.get(boot);
      if (list) list.push(batch.sequences[row] as number);
      else numbers.set(boot, [batch.sequences[row] as number]);
    }
  }
  return numbers;
}

function committedSeen(boot: Boot, uncommitted: number[] | undefined): string {
  if (!uncommitted) return formatSeen(boot.seen);
  const seen = { starts: [...boot.seen.starts], ends: [...boot.seen.ends] };
  for (const number of uncommitted) forget(seen, number);
  return formatSeen(seen);
}

function takeBuckets(rows: BucketRow[], channel: Channel, state: LayoutState): void {
  const row = { organization: channel.organization.number, device: channel.number, layout: state.layout.id };
  if (state.bucket) rows.push({ ...row, bucket: state.bucket });
  for (const bucket of state.others.values()) rows.push({ ...row, bucket });
  state.bucket = undefined;
  state.others.clear();
}

const copyCount = (count: Count): Count => ({ ...count, rejected: { ...count.rejected } });

/** The newest values of a device by metric: `[value, ts, order, quality]`. */
function formatLatest(channel: Channel): string {
  const values: Record<string, [unknown, number, number, number]> = {};
  for (const state of channel.layouts) {
    for (const [index, name] of state.layout.metrics.entries()) {
      const at = index * LATEST_FIELDS;
      const [value, ts, order] = [
        state.latest[at] as number,
        state.latest[at + 1] as number,
        state.latest[at + 2] as number,
      ];
      if (Number.isNaN(value) || order < (values[name]?.[2] ?? -Infinity)) continue;
      values[name] = [value, ts, order, state.quality[index] as number];
    }
  }
  for (const [name, other] of channel.otherLatest) {
    if (other.order > (values[name]?.[2] ?? -Infinity))
      values[name] = [other.value, other.ts, other.order, other.quality];
  }
  return JSON.stringify(values);
}

/** Writes a snapshot in one transaction and answers its number. */
export async function writeSnapshot(
  client: pg.ClientBase,
  partitions: Partitions,
  snapshot: Snapshot,
): Promise<number> {
  for (const { organization, bucket } of snapshot.buckets) {
    await partitions.ensure('telemetry_minutes', organization, bucket.minute * MINUTE_MS);
  }
  await client.query('begin');
  try {
    const { rows } = await client.query<{ number: number }>(
      `update telemetry_checkpoints set number = number + 1, upto = timestamptz 'epoch' + $1 * interval '1 microsecond' returning number`,
      [snapshot.upto],
    );
    const number = rows[0]?.number as number;
    await writeBoots(client, snapshot);
    await writeCounts(client, snapshot);
    await writeBuckets(client, snapshot.buckets, number);
    await client.query('commit');
    return number;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

async function writeBoots(client: pg.ClientBase, { boots }: Snapshot): Promise<void> {
  if (boots.length === 0) return;
  await client.query(
    `update device_boots b set seen = s.seen::int8multirange, updated_at = now()
     from unnest($1::int[], $2::text[]) as s(id, seen) where b.id = s.id`,
    [boots.map((boot) => boot.id), boots.map((boot) => boot.seen)],
  );
}

async function writeCounts(client: pg.ClientBase, { devices, organizations }: Snapshot): Promise<void> {
  await client.query(
    `insert into device_states (device, organization_id, latest, received, stored, duplicates, rejected)
     select s.* from unnest($1::int[], $2::uuid[], $3::jsonb[], $4::bigint[], $5::bigint[], $6::bigint[], $7::jsonb[])
       as s(device, organization_id, latest, received, stored, duplicates, rejected)
     where exists (select from devices d where d.number = s.device)
     on conflict (device) do update set latest = excluded.latest, received = excluded.received, stored = excluded.stored,
       duplicates = excluded.duplicates, rejected = excluded.rejected`,
    [
      devices.map((device) => device.number),
      devices.map((device) => device.organization),
      devices.map((device) => device.latest),
      ...countColumns(devices.map((device) => device.count)),
    ],
  );
  await client.query(
    `insert into organization_ledgers (organization_id, received, stored, duplicates, rejected)
     select * from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::jsonb[])
     on conflict (organization_id) do update set received = excluded.received, stored = excluded.stored,
       duplicates = excluded.duplicates, rejected = excluded.rejected`,
    [
      organizations.map((organization) => organization.id),
      ...countColumns(organizations.map((organization) => organization.count)),
    ],
  );
  const seen = devices.filter((device) => device.lastSeen > 0);
  await client.query(
    `update devices d set last_seen_at = greatest(d.last_seen_at, to_timestamp(s.at / 1000.0))
     from unnest($1::int[], $2::float8[]) as s(device, at) where d.number = s.device`,
    [seen.map((device) => device.number), seen.map((device) => device.lastSeen)],
  );
}

/** What is still pending is not in the snapshot: it is received again, in the ledger's sense, when its batch is replayed. */
function countColumns(counts: Count[]): unknown[][] {
  return [
    counts.map((count) => count.received - count.pending),
    counts.map((count) => count.stored),
    counts.map((count) => count.duplicates),
    counts.map((count) => JSON.stringify(count.rejected)),
  ];
}

/** Rows of one statement; keeps a parameter below PostgreSQL's limits. */
const ROWS_AT_ONCE = 5000;

async function writeBuckets(client: pg.ClientBase, buckets: BucketRow[], checkpoint: number): Promise<void> {
  for (let from = 0; from < buckets.length; from += ROWS_AT_ONCE) {
    const rows = buckets.slice(from, from + ROWS_AT_ONCE);
    const arrays = rows.map(({ bucket }) => bucketArrays(bucket.values));
    await client.query(
      `insert into telemetry_minutes (bucket, last_ts, checkpoint, organization, device, layout, counts, minimum, maximum, total, last, bad)
       select to_timestamp(minute * 60), to_timestamp(last_ts / 1000.0), $1, organization, device, layout,
         counts::int[], minimum::float8[], maximum::float8[], total::float8[], last::float8[], bad::int[]
       from unnest($2::float8[], $3::float8[], $4::int[], $5::int[], $6::int[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[])
         as s(minute, last_ts, organization, device, layout, counts, minimum, maximum, total, last, bad)`,
      [
        checkpoint,
        rows.map(({ bucket }) => bucket.minute),
        rows.map(({ bucket }) => bucket.lastTs),
        rows.map((row) => row.organization),
        rows.map((row) => row.device),
        rows.map((row) => row.layout),
        ...[0, 1, 2, 3, 4, 5].map((field) => arrays.map((texts) => texts[field] as string | null)),
      ],
    );
  }
}

/** The six fields of every metric as PostgreSQL array texts; a metric without a good value has nulls. */
function bucketArrays(values: Float64Array): (string | null)[] {
  const columns: (number | null)[][] = [[], [], [], [], [], []];
  for (let at = 0; at < values.length; at += BUCKET_FIELDS) {
    const empty = values[at] === 0;
    for (let field = 0; field < BUCKET_FIELDS; field++) {
      const value = values[at + field] as number;
      (columns[field] as (number | null)[]).push(empty && field >= 1 && field <= 4 ? null : value);
    }
  }
  const [counts, minimum, maximum, total, last, bad] = columns as [
    unknown[],
    unknown[],
    unknown[],
    unknown[],
    unknown[],
    number[],
  ];
  const text = (column: unknown[]) => `{${column.map((value) => value ?? 'NULL').join(',')}}`;
  return [
    text(counts),
    text(minimum),
    text(maximum),
    text(total),
    text(last),
    bad.every((n) => n === 0) ? null : text(bad),
  ];
}
