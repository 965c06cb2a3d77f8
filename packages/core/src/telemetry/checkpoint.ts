import type pg from 'pg';
import { copy } from '../platform/db/copy.ts';
import type { Batch } from './batch.ts';
import {
  type Boot,
  type Channel,
  LATEST_FIELDS,
  type LayoutState,
  MINUTE_MS,
  type OrganizationChannel,
} from './channel.ts';
import type { Count } from './ledger.ts';
import type { Partitions } from './partitions.ts';
import { type BucketRow, COPY_MINUTES, encodeMinutes } from './rollup-rows.ts';
import { forget, formatSeen } from './seen.ts';

/** Everything derived from telemetry, as of one batch: written in one transaction with the stamp of that batch. */
export interface Snapshot {
  /** Stamp of the newest batch that is in it, microseconds since 1970. */
  upto: number;
  boots: { id: number; seen: string }[];
  /** Newest values are read from the channel when they are written: newer ones than of `upto` are right as well. */
  devices: { channel: Channel; count: Count; lastSeen: number }[];
  organizations: { id: string; count: Count }[];
  buckets: BucketRow[];
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
    snapshot.devices.push({ channel, count: copyCount(channel.count), lastSeen: channel.lastSeen });
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

/** Rows of one statement: devices go on being heard between two, for what is written is made of objects slice by slice. */
const ROWS_AT_ONCE = 500;

/** Writes a snapshot in one transaction and answers its number. */
export async function writeSnapshot(
  client: pg.ClientBase,
  partitions: Partitions,
  snapshot: Snapshot,
): Promise<number> {
  for (const [organization, minutes] of minutesOf(snapshot.buckets)) {
    for (const minute of minutes) await partitions.ensure('telemetry_minutes', organization, minute * MINUTE_MS);
  }
  await client.query('begin');
  try {
    const { rows } = await client.query<{ number: number }>(
      `update telemetry_checkpoints set number = number + 1, upto = timestamptz 'epoch' + $1 * interval '1 microsecond' returning number`,
      [snapshot.upto],
    );
    const number = rows[0]?.number as number;
    for (const boots of slices(snapshot.boots)) await writeBoots(client, boots);
    for (const devices of slices(snapshot.devices)) await writeDevices(client, devices);
    await writeOrganizations(client, snapshot.organizations);
    for (const buckets of slices(snapshot.buckets)) await copy(client, COPY_MINUTES, encodeMinutes(buckets, number));
    await client.query('commit');
    return number;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

function* slices<T>(rows: readonly T[]): Generator<T[]> {
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) yield rows.slice(from, from + ROWS_AT_ONCE);
}

/** Minutes by organization, each once: what partitions must be there for. */
function minutesOf(buckets: readonly BucketRow[]): Map<number, Set<number>> {
  const minutes = new Map<number, Set<number>>();
  for (const { organization, bucket } of buckets) {
    const known = minutes.get(organization);
    if (known) known.add(bucket.minute);
    else minutes.set(organization, new Set([bucket.minute]));
  }
  return minutes;
}

async function writeBoots(client: pg.ClientBase, boots: Snapshot['boots']): Promise<void> {
  await client.query(
    `update device_boots b set seen = s.seen::int8multirange, updated_at = now()
     from unnest($1::int[], $2::text[]) as s(id, seen) where b.id = s.id`,
    [boots.map((boot) => boot.id), boots.map((boot) => boot.seen)],
  );
}

async function writeDevices(client: pg.ClientBase, devices: Snapshot['devices']): Promise<void> {
  await client.query(
    `insert into device_states (device, organization_id, latest, received, stored, duplicates, rejected)
     select s.* from unnest($1::int[], $2::uuid[], $3::jsonb[], $4::bigint[], $5::bigint[], $6::bigint[], $7::jsonb[])
       as s(device, organization_id, latest, received, stored, duplicates, rejected)
     where exists (select from devices d where d.number = s.device)
     on conflict (device) do update set latest = excluded.latest, received = excluded.received, stored = excluded.stored,
       duplicates = excluded.duplicates, rejected = excluded.rejected`,
    [
      devices.map(({ channel }) => channel.number),
      devices.map(({ channel }) => channel.organization.id),
      devices.map(({ channel }) => formatLatest(channel)),
      ...countColumns(devices.map((device) => device.count)),
    ],
  );
  const seen = devices.filter((device) => device.lastSeen > 0);
  await client.query(
    `update devices d set last_seen_at = greatest(d.last_seen_at, to_timestamp(s.at / 1000.0))
     from unnest($1::int[], $2::float8[]) as s(device, at) where d.number = s.device`,
    [seen.map(({ channel }) => channel.number), seen.map((device) => device.lastSeen)],
  );
}

async function writeOrganizations(client: pg.ClientBase, organizations: Snapshot['organizations']): Promise<void> {
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
