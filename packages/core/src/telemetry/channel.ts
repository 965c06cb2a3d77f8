import type { DeviceStatus } from '@muster/contract/devices';
import type { DeviceType } from '@muster/contract/solution';
import type { Value } from '@muster/contract/telemetry';
import type { Layout } from './layouts.ts';
import { type Count, emptyCount } from './ledger.ts';
import type { Seen } from './seen.ts';

/** The organization as ingest needs it. */
export interface OrganizationChannel {
  id: string;
  number: number;
  slug: string;
  count: Count;
  /** Messages older than this many ms are refused: their partition would be dropped at once. */
  rawMs: number;
  dirty: boolean;
}

/** One start of a device and the numbers seen since. */
export interface Boot {
  id: number;
  name: string;
  seen: Seen;
  dirty: boolean;
}

/** What is known of one layout of one device: its newest values, and the rollup bucket that is filling. */
export interface LayoutState {
  layout: Layout;
  /** Per metric: value, its time (ms), the time that orders it (ms: never later than its receipt). NaN: never seen. */
  latest: Float64Array;
  quality: Uint8Array;
  bucket: Bucket | undefined;
  /** Buckets of other minutes, by minute: data that came late. */
  others: Map<number, Bucket>;
}

/** One minute of one layout. Per metric: count, minimum, maximum, total, last, bad. */
export interface Bucket {
  minute: number;
  lastTs: number;
  values: Float64Array;
}

export interface OtherValue {
  value: Value;
  ts: number;
  order: number;
  quality: number;
}

/** Everything that ingest keeps of one device between two messages. */
export interface Channel {
  /** `devices.number`. */
  number: number;
  deviceId: string;
  organization: OrganizationChannel;
  type: DeviceType;
  count: Count;
  boots: Map<string, Boot>;
  /** The newest used first; a device has one or two. */
  layouts: LayoutState[];
  /** Metric names heard from a device whose type is open. */
  names: Set<string>;
  /** Booleans and texts. */
  otherLatest: Map<string, OtherValue>;
  status: DeviceStatus;
  /** Open MQTT connections. */
  connections: number;
  /** ms since 1970; 0: never. */
  lastSeen: number;
  /** Something changed since the last checkpoint. */
  dirty: boolean;
  /** The device was deleted: what still arrives is refused. */
  closed: boolean;
  /** How many live topics watch it: zero costs nothing. */
  watchers: number;
}

export const createChannel = (
  identity: Pick<Channel, 'number' | 'deviceId' | 'organization' | 'type' | 'status' | 'lastSeen'>,
): Channel => ({
  ...identity,
  count: emptyCount(),
  boots: new Map(),
  layouts: [],
  names: new Set(),
  otherLatest: new Map(),
  connections: 0,
  dirty: false,
  closed: false,
  watchers: 0,
});

/** Starts kept in memory per device; an older one is read from the store again if it ever speaks. */
const BOOTS_IN_MEMORY = 8;

/** Forgets old starts of which the store has every number: to be called when a checkpoint is written, and only then. */
export function forgetOldBoots(channel: Channel): void {
  for (const [name, boot] of channel.boots) {
    if (channel.boots.size <= BOOTS_IN_MEMORY) return;
    if (!boot.dirty) channel.boots.delete(name);
  }
}

/** Qualities as stored: OPC UA's three, in the order of worth. */
export const GOOD = 0;
export const UNCERTAIN = 1;
export const BAD = 2;

export const createLayoutState = (layout: Layout): LayoutState => ({
  layout,
  latest: new Float64Array(layout.metrics.length * LATEST_FIELDS).fill(Number.NaN),
  quality: new Uint8Array(layout.metrics.length),
  bucket: undefined,
  others: new Map(),
});

/** Fields per metric in `LayoutState.latest`. */
export const LATEST_FIELDS = 3;
/** Fields per metric in `Bucket.values`: count, minimum, maximum, total, last, bad. */
export const BUCKET_FIELDS = 6;

export const MINUTE_MS = 60_000;
