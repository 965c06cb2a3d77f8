import { Socket } from 'node:net';
import { deviceTopics, mqttLimits } from '@muster/contract/mqtt';
import { connect, type MqttClient } from 'mqtt';
import { type BackOff, defaultBackOff, waitFor } from './back-off.ts';
import type { Message } from './message.ts';
import { memoryOutbox, type Outbox } from './outbox.ts';
import type { Random } from './random.ts';

/** `refused`: the server knows the device not, or its token not. It is tried again at the longest wait. */
export type ConnectionState = 'connecting' | 'online' | 'offline' | 'refused';

export interface ConnectionOptions<M extends Message = Message> {
  /** `mqtt://host:1883` or `mqtts://host:8883`. */
  url: string;
  /** The organization's slug. */
  organization: string;
  deviceId: string;
  token: string;
  /** Default: in memory, 4 MiB. */
  outbox?: Outbox<M>;
  /** Messages on the wire before the first of them is acknowledged. Default 50; the server takes 100. */
  window?: number;
  backOff?: BackOff;
  keepaliveSeconds?: number;
  random?: Random;
  /** Muster has stored (or, for good, refused) the message. Once for each message queued. */
  onAcknowledged?: (message: M) => void;
  /** `reason` says why the connection was refused or lost. */
  onState?: (state: ConnectionState, reason: string) => void;
}

/** A connection that held this long was a good one: the next wait is the shortest again. */
const GOOD_CONNECTION_MS = 10_000;
/** How long the server has to take the last `offline`. */
const LAST_WORDS_MS = 2000;
const DEFAULT_WINDOW = mqttLimits.inFlight / 2;
const quiet = () => {};

/**
 * A device's connection to Muster: it says `online` and leaves `offline` as its last will, sends what is queued at
 * QoS 1 and in order, and after a broken connection sends again what was not acknowledged.
 */
export class DeviceConnection<M extends Message = Message> {
  readonly #options: ConnectionOptions<M>;
  readonly #outbox: Outbox<M>;
  #client: MqttClient | undefined;
  #state: ConnectionState = 'offline';
  #reason = '';
  #running = false;
  #onTheWire = 0;
  #failures = 0;
  #onlineSince = 0;
  #retry: NodeJS.Timeout | undefined;
  #awayMs: number | undefined;
  #whenEmpty: (() => void) | undefined;

  constructor(options: ConnectionOptions<M>) {
    this.#options = options;
    this.#outbox = options.outbox ?? memoryOutbox();
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Messages waiting for their acknowledgement. */
  get waiting(): number {
    return this.#outbox.size;
  }

  /** Messages given up because the queue was full. */
  get dropped(): number {
    return this.#outbox.dropped;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#connect();
  }

  /** Queues a message: it goes when its turn comes. */
  enqueue(message: M): void {
    this.#outbox.add(message);
    this.#send();
  }

  /** Loses the connection as a pulled cable does, without DISCONNECT, and comes back after `awayMs` sharp. */
  drop(awayMs: number): void {
    if (!this.#running) return;
    this.#awayMs = awayMs;
    if (this.#client) this.#client.stream.destroy();
    else this.#wait();
  }

  /**
   * Waits for what is queued to be acknowledged, says `offline` and disconnects.
   *
   * @param deadlineMs how long to wait for acknowledgements
   * @returns whether everything was acknowledged
   */
  async stop(deadlineMs = 10_000): Promise<boolean> {
    if (this.#running && this.#outbox.size > 0) await this.#empty(deadlineMs);
    this.#running = false;
    clearTimeout(this.#retry);
    const client = this.#client;
    if (client) await this.#disconnect(client);
    return this.#outbox.size === 0;
  }

  #connect(): void {
    const { url, organization, deviceId, token, keepaliveSeconds = 60 } = this.#options;
    const username = `${organization}/${deviceId}`;
    this.#awayMs = undefined;
    this.#change('connecting', '');
    const client = connect(url, {
      username,
      password: token,
      // Two organizations may each have a device of this name: an id that both shared would throw one of them out.
      clientId: username,
      keepalive: keepaliveSeconds,
      clean: true,
      reconnectPeriod: 0,
      will: { topic: deviceTopics.status(deviceId), payload: Buffer.from('offline'), qos: 1, retain: true },
      log: quiet,
    });
    this.#client = client;
    if (client.stream instanceof Socket) client.stream.setNoDelay(true);
    client.on('connect', () => this.#online(client));
    client.on('error', (error) => {
      this.#reason = error.message;
      // MQTT 3.1.1: 4 is a bad user name or password, 5 not authorized.
      if ('code' in error && (error.code === 4 || error.code === 5)) this.#state = 'refused';
    });
    client.on('close', () => this.#closed(client));
  }

  #online(client: MqttClient): void {
    if (this.#client !== client) return;
    this.#onlineSince = performance.now();
    this.#reason = '';
    client.publish(deviceTopics.status(this.#options.deviceId), 'online', { qos: 1, retain: true });
    this.#change('online', '');
    this.#send();
  }

  #send(): void {
    const client = this.#client;
    if (!client || this.#state !== 'online') return;
    const window = this.#options.window ?? DEFAULT_WINDOW;
    while (this.#onTheWire < window) {
      const entry = this.#outbox.next();
      if (!entry) return;
      this.#onTheWire++;
      const { topic, payload } = entry.message;
      client.publish(topic, payload, { qos: 1 }, (error) => {
        // An error only says that the connection is gone: the message stays queued.
        if (error || this.#client !== client) return;
        this.#onTheWire--;
        if (this.#outbox.remove(entry.id)) this.#options.onAcknowledged?.(entry.message);
        if (this.#outbox.size === 0) this.#whenEmpty?.();
        else this.#send();
      });
    }
  }

  #closed(client: MqttClient): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    this.#onTheWire = 0;
    this.#outbox.rewind();
    const refused = this.#state === 'refused';
    const held = this.#state === 'online' && performance.now() - this.#onlineSince >= GOOD_CONNECTION_MS;
    this.#failures = held ? 0 : this.#failures + 1;
    this.#change(refused ? 'refused' : 'offline', this.#reason);
    if (this.#running) this.#wait();
  }

  #wait(): void {
    const { backOff = defaultBackOff, random = Math.random } = this.#options;
    const failures = this.#state === 'refused' ? Number.POSITIVE_INFINITY : Math.max(0, this.#failures - 1);
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#connect(), this.#awayMs ?? waitFor(failures, backOff, random));
  }

  #change(state: ConnectionState, reason: string): void {
    this.#state = state;
    this.#options.onState?.(state, reason);
  }

  #empty(deadlineMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#whenEmpty = undefined;
        resolve();
      };
      const timer = setTimeout(done, deadlineMs);
      this.#whenEmpty = done;
    });
  }

  /** Ends well when the server answers, else by cutting the socket: then the last will speaks. */
  async #disconnect(client: MqttClient): Promise<void> {
    if (client.connected && this.#outbox.size === 0) {
      client.publish(deviceTopics.status(this.#options.deviceId), 'offline', { qos: 1, retain: true });
      client.end();
    } else client.stream.destroy();
    if (this.#client !== client) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => client.stream.destroy(), LAST_WORDS_MS);
      client.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
