import type { Batch } from './batch.ts';
import {
  BAD,
  BUCKET_FIELDS,
  type Bucket,
  type Channel,
  createLayoutState,
  LATEST_FIELDS,
  type LayoutState,
  MINUTE_MS,
} from './channel.ts';
import type { Layout } from './layouts.ts';

/** One stored message, lent to listeners for the time of a call: they keep nothing of it. */
export interface StoredMessage {
  channel: Channel;
  layout: Layout;
  /** The message's own time and its time of arrival, ms. */
  ts: number;
  receivedAt: number;
  /** Numbers in the order of the layout; NaN where the message had none. */
  values: Float64Array;
  quality: Uint8Array | null;
  /** Booleans and texts. */
  other: Record<string, unknown> | null;
}

/** Hears every message after its commit, in the order of commits: live view, policies. Must not throw, must not wait. */
export type StoredListener = (message: StoredMessage) => void;

/** Everything Muster derives from a message in memory: newest values and rollup buckets. */
export function createDeriver(listeners: readonly StoredListener[]) {
  const widths = new Map<number, Float64Array>();
  const message: StoredMessage = {
    channel: undefined as unknown as Channel,
    layout: undefined as unknown as Layout,
    ts: 0,
    receivedAt: 0,
    values: new Float64Array(0),
    quality: null,
    other: null,
  };

  /** Reads the values of a row back from the COPY buffer: each is a length word and eight bytes, or a length of -1. */
  function readValues(batch: Batch, row: number, metrics: number): Float64Array {
    let values = widths.get(metrics);
    if (!values) {
      values = new Float64Array(metrics);
      widths.set(metrics, values);
    }
    const { view } = batch;
    let at = batch.offsets[row] as number;
    for (let index = 0; index < metrics; index++) {
      if (view.getInt32(at) === -1) {
        values[index] = Number.NaN;
        at += 4;
      } else {
        values[index] = view.getFloat64(at + 4);
        at += 12;
      }
    }
    return values;
  }

  return function derive(batch: Batch, row: number): void {
    const channel = batch.channels[row] as Channel;
    const layout = batch.layouts[row] as Layout;
    const ts = batch.times[row] as number;
    const receivedAt = batch.arrivals[row] as number;
    const values = readValues(batch, row, layout.metrics.length);
    const quality = batch.qualities[row] as Uint8Array | null;
    const other = batch.others[row] as Record<string, unknown> | null;
    if (layout.metrics.length > 0) {
      const state = layoutState(channel, layout);
      // a clock that runs ahead must not shadow what comes later
      const order = Math.min(ts, receivedAt);
      updateLatest(state, values, quality, ts, order);
      updateBucket(bucketAt(state, Math.floor(ts / MINUTE_MS)), values, quality, ts);
    }
    if (other !== null) updateOther(channel, other, ts, Math.min(ts, receivedAt));
    if (listeners.length === 0) return;
    message.channel = channel;
    message.layout = layout;
    message.ts = ts;
    message.receivedAt = receivedAt;
    message.values = values;
    message.quality = quality;
    message.other = other;
    for (const listener of listeners) listener(message);
  };
}

/** The state of a layout of a device; made on its first message. */
export function layoutState(channel: Channel, layout: Layout): LayoutState {
  const first = channel.layouts[0];
  if (first?.layout === layout) return first;
  const at = channel.layouts.findIndex((state) => state.layout === layout);
  const state = at < 0 ? createLayoutState(layout) : (channel.layouts[at] as LayoutState);
  if (at > 0) channel.layouts.splice(at, 1);
  if (at !== 0) channel.layouts.unshift(state);
  return state;
}

function updateLatest(state: LayoutState, values: Float64Array, quality: Uint8Array | null, ts: number, order: number) {
  const { latest } = state;
  for (let index = 0, at = 0; index < values.length; index++, at += LATEST_FIELDS) {
    const value = values[index] as number;
    if (Number.isNaN(value) || order < (latest[at + 2] as number)) continue;
    latest[at] = value;
    latest[at + 1] = ts;
    latest[at + 2] = order;
    state.quality[index] = quality === null ? 0 : (quality[index] as number);
  }
}

function updateOther(channel: Channel, other: Record<string, unknown>, ts: number, order: number): void {
  const qualities = other.$quality as Record<string, number> | undefined;
  for (const name in other) {
    if (name === '$quality') continue;
    const before = channel.otherLatest.get(name);
    if (before && order < before.order) continue;
    channel.otherLatest.set(name, {
      value: other[name] as string | boolean,
      ts,
      order,
      quality: qualities?.[name] ?? 0,
    });
  }
}

function bucketAt(state: LayoutState, minute: number): Bucket {
  const current = state.bucket;
  if (current?.minute === minute) return current;
  if (current === undefined || minute > current.minute) {
    if (current) state.others.set(current.minute, current);
    const kept = state.others.get(minute);
    if (kept) state.others.delete(minute);
    state.bucket = kept ?? createBucket(minute, state.layout.metrics.length);
    return state.bucket;
  }
  let late = state.others.get(minute);
  if (!late) {
    late = createBucket(minute, state.layout.metrics.length);
    state.others.set(minute, late);
  }
  return late;
}

function createBucket(minute: number, metrics: number): Bucket {
  const values = new Float64Array(metrics * BUCKET_FIELDS);
  for (let at = 0; at < values.length; at += BUCKET_FIELDS) {
    values[at + 1] = Infinity;
    values[at + 2] = -Infinity;
    values[at + 4] = Number.NaN;
  }
  return { minute, lastTs: -Infinity, values };
}

/** Values of quality bad are counted, and kept out of minimum, maximum, total and last. */
function updateBucket(bucket: Bucket, values: Float64Array, quality: Uint8Array | null, ts: number): void {
  const into = bucket.values;
  const newest = ts >= bucket.lastTs;
  if (newest) bucket.lastTs = ts;
  for (let index = 0, at = 0; index < values.length; index++, at += BUCKET_FIELDS) {
    const value = values[index] as number;
    if (Number.isNaN(value)) continue;
    if (quality !== null && quality[index] === BAD) {
      into[at + 5]!++;
      continue;
    }
    into[at]!++;
    if (value < (into[at + 1] as number)) into[at + 1] = value;
    if (value > (into[at + 2] as number)) into[at + 2] = value;
    into[at + 3]! += value;
    if (newest || into[at] === 1) into[at + 4] = value;
  }
}
