import { randomBytes } from 'node:crypto';
import { deviceTopics } from '@muster/contract/mqtt';
import type { Quality, Value } from '@muster/contract/telemetry';
import { type ConnectionOptions, DeviceConnection } from './connection.ts';
import type { Message } from './message.ts';

export interface DeviceOptions extends ConnectionOptions<Message> {
  /** Names this start of the device; Muster stores each `(boot, seq)` once, however often it arrives. Default: random. */
  boot?: string;
  /** ms since 1970: the device's clock. */
  now?: () => number;
}

export interface Device {
  readonly boot: string;
  readonly connection: DeviceConnection<Message>;
  /**
   * Numbers a telemetry message and queues it.
   *
   * @param ts ms since 1970, default: now
   * @returns its number, from 1
   */
  telemetry(values: Readonly<Record<string, Value>>, more?: { ts?: number; quality?: Record<string, Quality> }): number;
  /** Queues an event. */
  event(type: string, data: unknown, ts?: number): void;
  start(): void;
  /** As {@link DeviceConnection.stop}. */
  stop(deadlineMs?: number): Promise<boolean>;
}

/** A device that speaks to Muster: numbered telemetry, events, and a status that tells the truth. */
export function createDevice(options: DeviceOptions): Device {
  const { deviceId, boot = randomBytes(9).toString('base64url'), now = Date.now } = options;
  const connection = new DeviceConnection<Message>(options);
  let seq = 0;
  return {
    boot,
    connection,
    telemetry(values, { ts = now(), quality } = {}) {
      const payload = JSON.stringify({ ts, boot, seq: ++seq, quality, values });
      connection.enqueue({ topic: deviceTopics.telemetry(deviceId), payload });
      return seq;
    },
    event(type, data, ts = now()) {
      connection.enqueue({ topic: deviceTopics.events(deviceId), payload: JSON.stringify({ ts, type, data }) });
    },
    start: () => connection.start(),
    stop: (deadlineMs) => connection.stop(deadlineMs),
  };
}
