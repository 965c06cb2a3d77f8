import { isUtf8 } from 'node:buffer';
import { mqttLimits } from '@muster/contract/mqtt';
import type { Boot, Channel, LayoutState } from './channel.ts';
import {
  checkEnvelope,
  checkQuality,
  checkValues,
  parseJson,
  type RawMessage,
  type Refusal,
  readTime,
} from './check.ts';
import { layoutState } from './derive.ts';
import { type DeviceEvents, readEvent } from './device-events.ts';
import type { Layout, LayoutCatalogue } from './layouts.ts';
import { countRejected } from './ledger.ts';
import { costOf, type Pressure } from './pressure.ts';
import { see } from './seen.ts';
import { writeMessage } from './write-message.ts';
import type { Writer } from './writer.ts';

/** How a publish ended. `accepted` counts messages that are stored now, `duplicates` those that were stored before. */
export interface Outcome {
  accepted: number;
  duplicates: number;
  refusal?: Refusal;
}

/** Called exactly once per publish, after the commit, or at once for a publish that is refused. */
export type Done = (outcome: Outcome) => void;

export interface IngestOptions {
  writer: Writer;
  pressure: Pressure;
  layouts: LayoutCatalogue;
  events: DeviceEvents;
  /** Makes sure that the partition of this organization and time is there; undefined: it is. */
  ensurePartition(organization: number, ts: number): Promise<void> | undefined;
  /** Finds or makes a start of a device. */
  openBoot(channel: Channel, name: string): Promise<Boot>;
  /** A publish was refused: list it. */
  onRefused(channel: Channel, refusal: Refusal, topic: string, payload: Buffer): void;
  /** The channel has something for the next checkpoint. */
  onDirty(channel: Channel): void;
}

const ACCEPTED: Outcome = { accepted: 1, duplicates: 0 };
const DUPLICATE: Outcome = { accepted: 0, duplicates: 1 };
const STORE_REFUSED: Refusal = { reason: 'store_refused', detail: 'The store refused the message.' };
const REFUSED_BY_STORE: Outcome = { accepted: 0, duplicates: 0, refusal: STORE_REFUSED };
const DEVICE_DELETED: Refusal = { reason: 'not_authorized', detail: 'The device was deleted.' };
/** Distinct layouts of one device before its messages share one wide layout. */
const MAXIMUM_LAYOUTS = 32;

export interface Ingest {
  /** A telemetry publish: one message or an array of up to 1,000. Stored whole or not at all. */
  publish(channel: Channel, payload: Buffer, topic: string, done: Done): void;
  /** A bare value on the metric's own topic. */
  publishMetric(channel: Channel, metric: string, payload: Buffer, topic: string, done: Done): void;
  /** One event. */
  publishEvent(channel: Channel, payload: Buffer, topic: string, done: Done): void;
  /** A publish that is refused before it is read. */
  refuse(channel: Channel, refusal: Refusal, topic: string, payload: Buffer, done: Done): void;
}

/**
 * The hot path: parse, check against the layout, write into the open batch. It makes no promise and no object per message
 * but what JSON.parse makes; only what is seen for the first time (a layout, a boot, a day) waits for the store.
 */
export function createIngest(options: IngestOptions): Ingest {
  const { writer, pressure, layouts, events, ensurePartition, openBoot, onRefused, onDirty } = options;
  /** Names that the publish under way brings new: the device's own once it is accepted. */
  const fresh = new Set<string>();

  function refuse(channel: Channel, refusal: Refusal, topic: string, payload: Buffer, done: Done, messages = 1): void {
    countRejected(channel.count, refusal.reason, messages);
    countRejected(channel.organization.count, refusal.reason, messages);
    fresh.clear();
    onRefused(channel, refusal, topic, payload);
    onDirty(channel);
    done({ accepted: 0, duplicates: 0, refusal });
  }

  function publish(channel: Channel, payload: Buffer, topic: string, done: Done): void {
    const parsed = parseJson(payload, isUtf8);
    if ('reason' in parsed) return refuse(channel, parsed, topic, payload, done);
    const arrival = Date.now();
    if (Array.isArray(parsed.json)) return publishMany(channel, parsed.json, arrival, payload, topic, done);
    const message = parsed.json as RawMessage;
    const refusal = checkMessage(channel, message, arrival);
    if (refusal) return refuse(channel, refusal, topic, payload, done);
    expect(channel, 1);
    append(channel, message, arrival, payload.length, (outcome) => done(outcome));
  }

  function publishMany(
    channel: Channel,
    messages: unknown[],
    arrival: number,
    payload: Buffer,
    topic: string,
    done: Done,
  ) {
    const most = mqttLimits.arrayMessages;
    let refusal: Refusal | undefined;
    if (messages.length === 0) refusal = { reason: 'invalid_shape', detail: 'The array is empty.' };
    if (messages.length > most) {
      refusal = { reason: 'too_many_messages', detail: `An array holds at most ${most} messages.` };
    }
    for (let index = 0; index < messages.length && !refusal; index++) {
      refusal = checkMessage(channel, messages[index], arrival);
      if (refusal) refusal = { ...refusal, detail: `Message ${index} of the array: ${refusal.detail}` };
    }
    if (refusal) return refuse(channel, refusal, topic, payload, done, Math.max(1, messages.length));
    expect(channel, messages.length);
    const total: Outcome = { accepted: 0, duplicates: 0 };
    let open = messages.length;
    const bytes = payload.length / open;
    for (const message of messages) {
      append(channel, message as RawMessage, arrival, bytes, (outcome) => {
        total.accepted += outcome.accepted;
        total.duplicates += outcome.duplicates;
        if (outcome.refusal) total.refusal = outcome.refusal;
        if (--open === 0) done(total);
      });
    }
  }

  function publishMetric(channel: Channel, metric: string, payload: Buffer, topic: string, done: Done): void {
    const parsed = parseJson(payload, isUtf8);
    if ('reason' in parsed) return refuse(channel, parsed, topic, payload, done);
    const arrival = Date.now();
    const message = { values: Object.fromEntries([[metric, parsed.json]]) };
    const refusal = checkMessage(channel, message, arrival);
    if (refusal) return refuse(channel, refusal, topic, payload, done);
    expect(channel, 1);
    append(channel, message, arrival, payload.length, done);
  }

  function publishEvent(channel: Channel, payload: Buffer, topic: string, done: Done): void {
    const event = readEvent(payload, channel.organization.rawMs);
    if ('reason' in event) return refuse(channel, event, topic, payload, done);
    events.store(channel, event, (isStored) => {
      if (isStored) done(ACCEPTED);
      else refuse(channel, STORE_REFUSED, topic, payload, done);
    });
  }

  function checkMessage(channel: Channel, message: unknown, arrival: number): Refusal | undefined {
    if (channel.closed) return DEVICE_DELETED;
    const fault = checkEnvelope(message);
    if (fault) return fault;
    const { values, quality, ts } = message as { values: Record<string, unknown>; quality?: unknown; ts?: unknown };
    if (ts !== undefined) {
      const time = readTime(ts, arrival, channel.organization.rawMs);
      if (typeof time === 'object') return time;
    }
    if (!matches(channel.layouts[0], values)) {
      const refusal = checkValues(values, channel.type) ?? checkNewNames(channel, values, fresh);
      if (refusal) return refusal;
    }
    return quality === undefined ? undefined : checkQuality(quality, values);
  }

  /** Counts messages in: from here until their commit they are pending. */
  function expect(channel: Channel, messages: number): void {
    const { count, organization, names } = channel;
    if (fresh.size > 0) {
      for (const name of fresh) names.add(name);
      fresh.clear();
    }
    count.received += messages;
    count.pending += messages;
    organization.count.received += messages;
    organization.count.pending += messages;
    if (!channel.dirty) onDirty(channel);
  }

  /** Takes a checked message, `bytes` long as text. Calls back after its commit. */
  function append(channel: Channel, message: RawMessage, arrival: number, bytes: number, done: Done): void {
    const { boot: bootName, seq } = message as { boot?: string; seq?: number };
    let boot: Boot | undefined;
    if (bootName !== undefined && seq !== undefined) {
      boot = channel.boots.get(bootName);
      if (boot === undefined) {
        later(openBoot(channel, bootName), channel, message, arrival, bytes, done);
        return;
      }
    }
    const time = readTime(message.ts, arrival, Infinity) as number;
    const missing = ensurePartition(channel.organization.number, time);
    if (missing) {
      later(missing, channel, message, arrival, bytes, done);
      return;
    }
    const values = message.values as Record<string, unknown>;
    let state = channel.layouts[0];
    const fast = matches(state, values);
    if (!fast) {
      const found = findLayout(channel, values);
      if (found instanceof Promise) {
        later(found, channel, message, arrival, bytes, done);
        return;
      }
      state = found;
    }
    if (boot && !see(boot.seen, seq as number)) {
      const cost = costOf(bytes);
      pressure.add(cost);
      writer.afterCommitted(() => {
        settle(channel, 'duplicates');
        done(DUPLICATE);
        pressure.add(-cost);
      });
      return;
    }
    if (boot) boot.dirty = true;
    const batch = writer.open();
    writeMessage(batch, channel, state as LayoutState, values, message, time, arrival, boot, fast);
    const row = batch.rows - 1;
    batch.waiting.push(() => done(batch.refused?.has(row) ? REFUSED_BY_STORE : ACCEPTED));
    writer.touched();
  }

  /** Something must be made in the store first. While the store is away it is tried again: the message stays pending. */
  function later(
    work: Promise<unknown>,
    channel: Channel,
    message: RawMessage,
    arrival: number,
    bytes: number,
    done: Done,
  ): void {
    const cost = costOf(bytes);
    pressure.add(cost);
    const retry = () => {
      pressure.add(-cost);
      // the time of arrival stays what it was, however long this takes
      if (channel.closed) giveUp(channel, done);
      else append(channel, message, arrival, bytes, done);
    };
    work.then(retry, () => setTimeout(retry, 500).unref());
  }

  /** The device was deleted while its message waited: nothing of it can be made in the store any more. */
  function giveUp(channel: Channel, done: Done): void {
    for (const count of [channel.count, channel.organization.count]) {
      count.pending--;
      count.received--;
      countRejected(count, DEVICE_DELETED.reason, 1);
    }
    onDirty(channel);
    done({ accepted: 0, duplicates: 0, refusal: DEVICE_DELETED });
  }

  function settle(channel: Channel, as: 'duplicates'): void {
    channel.count.pending--;
    channel.count[as]++;
    channel.organization.count.pending--;
    channel.organization.count[as]++;
  }

  /** The layout for these values: one that the device used, one that its type knows, or a new one. */
  function findLayout(channel: Channel, values: Record<string, unknown>): LayoutState | Promise<Layout> {
    const names: string[] = [];
    for (const name in values) if (typeof values[name] === 'number') names.push(name);
    const crowded = channel.layouts.length >= MAXIMUM_LAYOUTS;
    for (const state of channel.layouts) {
      const { index, metrics } = state.layout;
      const dense =
        names.length === metrics.length || (names.length > 0 && (crowded || names.length * 2 >= metrics.length));
      if (dense && names.every((name) => index.has(name))) return state;
    }
    const wanted = crowded ? allNumbers(channel) : names;
    const known = layouts.find(channel.organization.number, channel.type.id, wanted);
    if (known) return layoutState(channel, known);
    return layouts.resolve(channel.organization, channel.type, wanted);
  }

  return { publish, publishMetric, publishEvent, refuse };
}

/** Are these exactly the layout's metrics, in its order, all finite numbers? */
function matches(state: LayoutState | undefined, values: Record<string, unknown>): boolean {
  if (state === undefined) return false;
  const { metrics } = state.layout;
  let index = 0;
  for (const name in values) {
    if (name !== metrics[index]) return false;
    const value = values[name];
    // NaN and the infinities are the only numbers that are not equal to themselves minus themselves plus zero
    if (typeof value !== 'number' || value - value !== 0) return false;
    index++;
  }
  return index === metrics.length && index > 0;
}

/** Every name under which the device may send a number. */
function allNumbers({ type, names }: Channel): string[] {
  const declared = Object.keys(type.metrics).filter((name) => type.metrics[name]?.kind === 'number');
  return [...new Set([...declared, ...names])].sort();
}

/** A device whose type is open keeps to its number of names for life. Adds those that are new to `fresh`. */
function checkNewNames(channel: Channel, values: Record<string, unknown>, fresh: Set<string>): Refusal | undefined {
  const most = channel.type.maximumMetrics;
  if (!channel.type.open || most === undefined) return undefined;
  for (const name in values) if (!channel.names.has(name)) fresh.add(name);
  if (channel.names.size + fresh.size <= most) return undefined;
  return { reason: 'too_many_metrics', detail: `A device of type ${channel.type.id} has at most ${most} metrics.` };
}
