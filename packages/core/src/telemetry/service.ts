import type { DeviceType } from '@muster/contract/solution';
import { type ConnectionSettings, createPool } from '../platform/db/pool.ts';
import type { Log } from '../platform/log.ts';
import type { Batch } from './batch.ts';
import type { Boot, Channel } from './channel.ts';
import { type Channels, createChannels } from './channels.ts';
import { createDeriver, type StoredListener } from './derive.ts';
import { createDeviceEvents, type DeviceEvents, type EventListener } from './device-events.ts';
import { createIngest, type Ingest } from './ingest.ts';
import { createKeeper, type Keeper } from './keeper.ts';
import { createLayoutCatalogue, type LayoutCatalogue } from './layouts.ts';
import { createPartitions } from './partitions.ts';
import { createPressure, type Pressure } from './pressure.ts';
import { createRejectedList, type RejectedList } from './rejected.ts';
import { forget } from './seen.ts';
import { createWriter, type Writer } from './writer.ts';

export interface TelemetryOptions {
  settings: ConnectionSettings;
  log: Log;
  typeOf(id: string): DeviceType;
  /** Reading from devices must stop, or may go on. */
  onPressure(full: boolean): void;
}

/** Figures of ingest since the start. */
export interface IngestFigures {
  messages: number;
  points: number;
  commits: number;
}

/** Telemetry: what devices say is checked, stored, acknowledged and derived from here. */
export interface Telemetry {
  ingest: Ingest;
  events: DeviceEvents;
  channels: Channels;
  layouts: LayoutCatalogue;
  writer: Writer;
  /** What waits for the store: rows, events, messages of which something must be made first. */
  pressure: Pressure;
  /** The store does not take what devices send: nothing is acknowledged. */
  readonly away: boolean;
  keeper: Keeper;
  rejected: RejectedList;
  figures: IngestFigures;
  /** Adds a listener to every stored message: live view, policies. */
  onStored(listener: StoredListener): void;
  onEvent(listener: EventListener): void;
  start(): Promise<void>;
  /** Commits and acknowledges what is in flight, then writes a last checkpoint. */
  stop(): Promise<void>;
}

/** Starts of one device between two checkpoints. */
const MAXIMUM_BOOTS = 1000;
/** How long a stop waits for the store before it gives up: what is left then was never acknowledged. */
const STOP_MS = 10_000;

export function createTelemetry({ settings, log, typeOf, onPressure }: TelemetryOptions): Telemetry {
  const pool = createPool(settings, 'muster_ingest', 3, log);
  const owner = createPool(settings, 'owner', 1, log);
  const layouts = createLayoutCatalogue(pool, typeOf);
  const partitions = createPartitions(owner, log);
  const channels = createChannels(pool, typeOf);
  const rejected = createRejectedList(pool, log);
  const storedListeners: StoredListener[] = [];
  const eventListeners: EventListener[] = [];
  const derive = createDeriver(storedListeners);
  const figures: IngestFigures = { messages: 0, points: 0, commits: 0 };
  const keeper = createKeeper({ settings, log, channels, partitions, writer: () => writer });
  const pressure = createPressure(onPressure);
  const writer = createWriter({ settings, log, onCommitted, repair, pressure });
  const events = createDeviceEvents({ pool, log, listeners: eventListeners, pressure });
  const ingest = createIngest({
    writer,
    pressure,
    layouts,
    events,
    ensurePartition: (organization, ts) => partitions.ensure('telemetry', organization, ts),
    openBoot,
    onRefused: rejected.add,
    onDirty: keeper.markDirty,
  });

  /** A device that starts again and again fills no memory: a checkpoint lets go of its old starts. */
  async function openBoot(channel: Channel, name: string): Promise<Boot> {
    if (channel.boots.size >= MAXIMUM_BOOTS) await keeper.checkpoint();
    return channels.openBoot(channel, name);
  }

  function onCommitted(batch: Batch): void {
    for (let row = 0; row < batch.rows; row++) {
      const channel = batch.channels[row] as Channel;
      if (batch.refused?.has(row)) {
        settleRefused(batch, row, channel);
        continue;
      }
      const { count, organization } = channel;
      count.pending--;
      count.stored++;
      organization.count.pending--;
      organization.count.stored++;
      if (!channel.dirty) keeper.markDirty(channel);
      derive(batch, row);
      figures.points += (batch.layouts[row]?.metrics.length as number) + Object.keys(batch.others[row] ?? {}).length;
    }
    figures.messages += batch.rows;
    figures.commits++;
    if (batch.rows > 0) keeper.onCommitted(batch.received, batch.rows);
  }

  /** The store itself refused the row: it is not stored, and its number is free again. */
  function settleRefused(batch: Batch, row: number, channel: Channel): void {
    const boot = batch.boots[row];
    if (boot) forget(boot.seen, batch.sequences[row] as number);
    for (const count of [channel.count, channel.organization.count]) {
      count.pending--;
      count.rejected.store_refused = (count.rejected.store_refused ?? 0) + 1;
    }
    const refusal = { reason: 'store_refused', detail: 'The store refused the message.' } as const;
    rejected.add(channel, refusal, `devices/${channel.deviceId}/telemetry`, Buffer.alloc(0));
  }

  /** A row found no partition: somebody dropped it. Make it again. */
  async function repair(batch: Batch, error: unknown): Promise<boolean> {
    if ((error as { code?: string }).code !== '23514') return false;
    await partitions.load();
    for (const [row, ts] of batch.times.entries()) {
      await partitions.ensure('telemetry', batch.channels[row]?.organization.number as number, ts);
    }
    return true;
  }

  return {
    ingest,
    events,
    channels,
    layouts,
    writer,
    pressure,
    get away() {
      return writer.away || events.away;
    },
    keeper,
    rejected,
    figures,
    onStored: (listener) => storedListeners.push(listener),
    onEvent: (listener) => eventListeners.push(listener),
    async start() {
      await partitions.load();
      await layouts.load();
      const newestStamp = await keeper.start();
      await channels.load();
      await writer.start(newestStamp);
    },
    async stop() {
      await writer.stop(STOP_MS);
      await events.stop(STOP_MS);
      await rejected.flush();
      await keeper.stop();
      await Promise.all([pool.end(), owner.end()]);
    },
  };
}
