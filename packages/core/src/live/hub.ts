import type { LiveDeviceData, LiveMessage } from '@muster/contract/live';
import type { Quality, Value } from '@muster/contract/telemetry';
import type { Channel, NewEvent, StoredMessage } from '../telemetry/index.ts';
import { qualityWord } from '../telemetry/index.ts';
import type { DelayMeter } from './delay.ts';

/** Somebody who watches: a WebSocket or an SSE stream. */
export interface Watcher {
  organization: number;
  organizationId: string;
  /** Whose it is: a person's or a key's id. */
  actorId: string;
  /** All that it may it may everywhere. */
  seesAll: boolean;
  /** What devices it hears changes with where they are. */
  followsPlaces(): boolean;
  /** Sends a text now; never waits. */
  send(text: string): void;
  /** Bytes that wait for the client to read them. */
  waiting(): number;
}

/** Unread bytes of a client from which on it gets only the newest values. */
const SLOW_BYTES = 64 * 1024;
/** How often collected values are sent: to places, which are many devices, and to slow clients. */
const FLUSH_MS = 100;

type LiveValue = { value: Value; ts: number; status: Quality };

/** What one watcher is to get of one topic, when it is not sent at once. */
interface Slot {
  values: Map<string, LiveValue>;
  receivedAt: number;
}

/** One subscription: a watcher, under the name it used. */
interface Subscription {
  watcher: Watcher;
  topic: string;
  /** Only this metric. */
  metric: string | undefined;
  /** Collects the newest values and sends them every `FLUSH_MS`: places. */
  collects: boolean;
  /** Per device what waits; empty for a client that keeps up. */
  slots: Map<Channel, Slot>;
}

export interface Hub {
  /** Sends what these devices tell, from now on. A topic that is watched already gets them in place of its devices, without a gap. */
  watch(
    watcher: Watcher,
    topic: string,
    channels: Iterable<Channel>,
    options: { metric?: string; collects?: boolean },
  ): void;
  /** A device came to a topic that is watched, or left it. */
  unwatch(watcher: Watcher, topic: string): void;
  leave(watcher: Watcher): void;
  /** @param seen numbers of the devices that it may hear of; absent: all */
  watchFleet(watcher: Watcher, seen?: ReadonlySet<number>): void;
  onStored(message: StoredMessage): void;
  onEvent(channel: Channel, event: NewEvent): void;
  onStatus(channel: Channel, status: string, at: number): void;
  /** What is known of a command of this device has changed. */
  onCommand(channel: Channel, command: { id: string; state: string }): void;
  /** Figures of an organization, to whoever watches the fleet. */
  tellFigures(organization: number, figures: { messagesPerSecond: number; pointsPerSecond: number }): void;
  organizationsWatched(): Iterable<number>;
  readonly watchers: number;
  start(): void;
  stop(): void;
}

export function createHub(delay: DelayMeter): Hub {
  const byChannel = new Map<Channel, Set<Subscription>>();
  const byWatcher = new Map<Watcher, Map<string, { subscription: Subscription; channels: ReadonlySet<Channel> }>>();
  const fleet = new Map<number, Map<Watcher, ReadonlySet<number> | undefined>>();
  const filled = new Set<Subscription>();
  let timer: NodeJS.Timeout | undefined;

  function onStored(message: StoredMessage): void {
    const { channel } = message;
    if (channel.watchers === 0) return;
    const subscriptions = byChannel.get(channel);
    if (!subscriptions) return;
    const values = valuesOf(message);
    let whole: string | undefined;
    const now = Date.now();
    for (const subscription of subscriptions) {
      const { watcher, metric, topic } = subscription;
      if (metric !== undefined && !(metric in values)) continue;
      if (subscription.collects || subscription.slots.size > 0 || watcher.waiting() > SLOW_BYTES) {
        collect(subscription, channel, metric === undefined ? values : pick(values, metric), message.receivedAt);
      } else if (metric !== undefined) {
        watcher.send(deviceText(topic, now, channel, { values: pick(values, metric), receivedAt: message.receivedAt }));
      } else {
        whole ??= deviceText(topic, now, channel, { values, receivedAt: message.receivedAt });
        watcher.send(whole);
      }
    }
    delay.record(now - message.receivedAt);
  }

  function collect(
    subscription: Subscription,
    channel: Channel,
    values: Record<string, LiveValue>,
    receivedAt: number,
  ): void {
    let slot = subscription.slots.get(channel);
    if (!slot) {
      slot = { values: new Map(), receivedAt };
      subscription.slots.set(channel, slot);
    }
    slot.receivedAt = receivedAt;
    for (const name in values) {
      const value = values[name] as LiveValue;
      const before = slot.values.get(name);
      if (!before || value.ts >= before.ts) slot.values.set(name, value);
    }
    filled.add(subscription);
  }

  /** Sends what was collected to whoever reads again. */
  function flush(): void {
    const now = Date.now();
    for (const subscription of filled) {
      const { watcher, topic, slots } = subscription;
      for (const [channel, slot] of slots) {
        if (watcher.waiting() > SLOW_BYTES) break;
        const data = { values: Object.fromEntries(slot.values), receivedAt: slot.receivedAt };
        watcher.send(deviceText(topic, now, channel, data));
        slots.delete(channel);
      }
      if (slots.size === 0) filled.delete(subscription);
    }
  }

  function toWatchersOf(channel: Channel, data: Omit<LiveDeviceData, 'deviceId'>): void {
    const now = Date.now();
    for (const { watcher, topic, metric } of byChannel.get(channel) ?? []) {
      if (metric === undefined) watcher.send(deviceText(topic, now, channel, data));
    }
  }

  /** @param device whom it is about; undefined: the organization as a whole */
  function toFleet(organization: number, device: number | undefined, data: object): void {
    const text = JSON.stringify({ topic: 'fleet', ts: Date.now(), data });
    for (const [watcher, seen] of fleet.get(organization) ?? []) {
      if (seen && (device === undefined || !seen.has(device))) continue;
      // a client that does not read asks for the whole list when it is back
      if (watcher.waiting() <= SLOW_BYTES) watcher.send(text);
    }
  }

  return {
    watch(watcher, topic, channels, { metric, collects = false }) {
      let topics = byWatcher.get(watcher);
      if (!topics) {
        topics = new Map();
        byWatcher.set(watcher, topics);
      }
      const known = topics.get(topic);
      const subscription = known?.subscription ?? { watcher, topic, metric, collects, slots: new Map() };
      const now = new Set(channels);
      const before = known?.channels ?? new Set();
      topics.set(topic, { subscription, channels: now });
      for (const channel of now) if (!before.has(channel)) add(subscription, channel);
      for (const channel of before) if (!now.has(channel)) remove(subscription, channel);
    },
    unwatch,
    leave(watcher) {
      for (const topic of [...(byWatcher.get(watcher)?.keys() ?? [])]) unwatch(watcher, topic);
      byWatcher.delete(watcher);
      unwatchFleet(watcher);
    },
    watchFleet(watcher, seen) {
      const watchers = fleet.get(watcher.organization);
      if (watchers) watchers.set(watcher, seen);
      else fleet.set(watcher.organization, new Map([[watcher, seen]]));
    },
    onStored,
    onEvent(channel, event) {
      if (channel.watchers === 0) return;
      const { type, ts, data, receivedAt } = event;
      toWatchersOf(channel, { event: { type, ts, data }, receivedAt });
    },
    onStatus(channel, status, at) {
      toFleet(channel.organization.number, channel.number, {
        deviceId: channel.deviceId,
        status,
        lastSeenAt: channel.lastSeen,
      });
      if (channel.watchers > 0) toWatchersOf(channel, { status, lastSeenAt: channel.lastSeen, receivedAt: at });
    },
    onCommand(channel, command) {
      if (channel.watchers > 0) toWatchersOf(channel, { command, receivedAt: Date.now() });
    },
    tellFigures: (organization, figures) => toFleet(organization, undefined, { figures }),
    organizationsWatched: () => fleet.keys(),
    get watchers() {
      return byWatcher.size;
    },
    start() {
      timer = setInterval(flush, FLUSH_MS).unref();
    },
    stop: () => clearInterval(timer),
  };

  function unwatch(watcher: Watcher, topic: string): void {
    if (topic === 'fleet') return unwatchFleet(watcher);
    const topics = byWatcher.get(watcher);
    const known = topics?.get(topic);
    if (!known) return;
    topics?.delete(topic);
    filled.delete(known.subscription);
    for (const channel of known.channels) remove(known.subscription, channel);
  }

  function add(subscription: Subscription, channel: Channel): void {
    const subscriptions = byChannel.get(channel);
    if (subscriptions) subscriptions.add(subscription);
    else byChannel.set(channel, new Set([subscription]));
    channel.watchers++;
  }

  function remove(subscription: Subscription, channel: Channel): void {
    const subscriptions = byChannel.get(channel);
    if (!subscriptions?.delete(subscription)) return;
    subscription.slots.delete(channel);
    channel.watchers--;
    if (subscriptions.size === 0) byChannel.delete(channel);
  }

  function unwatchFleet(watcher: Watcher): void {
    const watchers = fleet.get(watcher.organization);
    watchers?.delete(watcher);
    if (watchers?.size === 0) fleet.delete(watcher.organization);
  }
}

function valuesOf({ layout, values, quality, other, ts }: StoredMessage): Record<string, LiveValue> {
  const result: Record<string, LiveValue> = {};
  for (let index = 0; index < layout.metrics.length; index++) {
    const value = values[index] as number;
    if (Number.isNaN(value)) continue;
    result[layout.metrics[index] as string] = { value, ts, status: qualityWord(quality?.[index] ?? 0) };
  }
  const qualities = other?.$quality as Record<string, number> | undefined;
  for (const name in other) {
    if (name !== '$quality')
      result[name] = { value: other[name] as Value, ts, status: qualityWord(qualities?.[name] ?? 0) };
  }
  return result;
}

const pick = (values: Record<string, LiveValue>, metric: string) => ({ [metric]: values[metric] as LiveValue });

function deviceText(topic: string, ts: number, channel: Channel, data: Omit<LiveDeviceData, 'deviceId'>): string {
  const message: LiveMessage = { topic, ts, data: { deviceId: channel.deviceId, ...data } };
  return JSON.stringify(message);
}
