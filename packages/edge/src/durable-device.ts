import { chmodSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Quality, Value } from '@muster/contract/telemetry';
import { anchorSchema, diskAnchors } from './clock/anchors.ts';
import { DeviceClock } from './clock/clock.ts';
import { commandSchema, diskCommands } from './commands/disk-store.ts';
import { type CommandHandler, CommandInbox } from './commands/inbox.ts';
import { configurationSchema, diskConfiguration } from './configuration/disk-store.ts';
import { HeldConfiguration, type HeldOptions } from './configuration/held.ts';
import { type ConnectionOptions, DeviceConnection } from './connection.ts';
import { Database } from './disk/database.ts';
import { askTime } from './http.ts';
import { listenerOf } from './listener.ts';
import type { Message } from './message.ts';
import { DurableQueue } from './queue/durable-queue.ts';
import type { Content } from './queue/record.ts';

export interface DurableDeviceOptions extends Omit<ConnectionOptions<Message, Content>, 'outbox' | 'listener'> {
  /** Where it keeps everything; made where it is not there yet, for its user alone. */
  directory: string;
  /** `https://host` of the server: it tells the time. */
  server: string;
  commands?: Readonly<Record<string, CommandHandler>>;
  configuration?: Pick<HeldOptions, 'initial' | 'check' | 'apply' | 'confirmMs' | 'onSettled'>;
  /** Bytes of unacknowledged messages that are kept. Default 64 MiB. */
  queueBytes?: number;
  /** The device's clocks; default: this computer's. */
  clock?: { boot?: string; monotonic?: () => number; wall?: () => number; patienceMs?: number };
  askServer?: () => Promise<number>;
  /** For tests that end the process there: before and after each commit. */
  onDurable?: () => void;
}

export interface DurableDevice {
  readonly connection: DeviceConnection<Message, Content>;
  readonly clock: DeviceClock;
  readonly configuration: HeldConfiguration | undefined;
  /** Keeps a telemetry message of this moment. False: the disk did not take it; a gap is told. */
  telemetry(values: Readonly<Record<string, Value>>, quality?: Readonly<Record<string, Quality>>): boolean;
  /** Keeps an event of this moment. As {@link DurableDevice.telemetry}. */
  event(type: string, data: object): boolean;
  /** Brings the held configuration into force and connects. */
  start(): Promise<void>;
  /** Waits for acknowledgements as {@link DeviceConnection.stop} does; what is left stays on the disk. */
  stop(deadlineMs?: number): Promise<boolean>;
}

/**
 * A device that outlives a power cut: what it measured, the commands that it took and the configuration that it holds
 * stand on its disk, and its messages have the right time whatever its wall clock says.
 *
 * @throws Error when another process uses the directory, or it can not be written
 */
export function openDevice(options: DurableDeviceOptions): DurableDevice {
  const { directory, deviceId, server, ca, onDurable, queueBytes, onState } = options;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
  const durable = onDurable && { onDurable };
  let lost: string | undefined;
  let started = false;
  const tellLost = () => {
    if (lost === undefined || !started) return;
    connection.enqueue({ kind: 'event', type: 'state_lost', data: { aside: basename(lost) } });
    lost = undefined;
  };
  const database = new Database({
    file: join(directory, 'state.sqlite'),
    schema: anchorSchema + commandSchema + configurationSchema,
    onAside: (aside) => {
      lost = aside;
      tellLost();
    },
    ...durable,
  });
  const clock = new DeviceClock({
    anchors: diskAnchors(database),
    askServer: options.askServer ?? (() => askTime(server, ca)),
    ...options.clock,
  });
  const queue = new DurableQueue({
    file: join(directory, 'queue.sqlite'),
    deviceId,
    clock,
    ...(queueBytes !== undefined && { maximumBytes: queueBytes }),
    ...durable,
  });
  const say = (message: Message): Promise<void> => connection.say(message);
  const { commands: handlers } = options;
  const commands =
    handlers &&
    new CommandInbox({
      deviceId,
      store: diskCommands(database),
      handlerOf: (name) => (Object.hasOwn(handlers, name) ? handlers[name] : undefined),
      say,
      now: () => clock.now(),
      timeKnown: () => clock.settled(),
    });
  const configuration =
    options.configuration &&
    new HeldConfiguration({ deviceId, store: diskConfiguration(database), say, ...options.configuration });
  const connection: DeviceConnection<Message, Content> = new DeviceConnection<Message, Content>({
    ...options,
    outbox: queue,
    listener: listenerOf(deviceId, { commands, configuration }),
    onState(state, reason) {
      if (state === 'online') {
        clock.online();
        // what waits for the time goes when it is known
        void clock.settled().then(() => connection.wake());
        commands?.online();
        configuration?.online();
      } else clock.offline();
      onState?.(state, reason);
    },
  });
  return {
    connection,
    clock,
    configuration,
    telemetry: (values, quality) =>
      connection.enqueue({ kind: 'telemetry', values, ...(quality !== undefined && { quality }) }),
    event: (type, data) => connection.enqueue({ kind: 'event', type, data }),
    async start() {
      started = true;
      tellLost();
      clock.start();
      await configuration?.start();
      commands?.start();
      connection.start();
    },
    async stop(deadlineMs = 10_000) {
      const ended = Promise.all([commands?.stop(), configuration?.stop()]);
      const isEmpty = await connection.stop(deadlineMs);
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, deadlineMs).unref())]);
      clock.stop();
      queue.close();
      database.close();
      return isEmpty;
    },
  };
}
