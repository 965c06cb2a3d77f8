import { Socket } from 'node:net';
import { deviceTopics, mqttLimits } from '@muster/contract/mqtt';
import { connect, type MqttClient } from 'mqtt';
import { type BackOff, defaultBackOff, waitFor } from './back-off.ts';
import type { Message } from './message.ts';
import { memoryOutbox, type Outbox } from './outbox.ts';
import type { Random } from './random.ts';

/** `refused`: the server knows the device not, or its token not. It is tried again at the longest wait. */
export type ConnectionState = 'connecting' | 'online' | 'offline' | 'refused';

/** What the server may say to a device. */
export interface Listener {
  filters: readonly string[];
  /** Called before the message is acknowledged: what it wants to keep, it keeps before it returns. */
  hear(topic: string, payload: string): void;
}

export interface ConnectionOptions<M extends Message = Message, Content = M> {
  /** `mqtt://host:1883` or `mqtts://host:8883`. */
  url: string;
  /** The organization's slug. */
  organization: string;
  deviceId: string;
  token: string;
  /** Default: in memory, 4 MiB. */
  outbox?: Outbox<M, Content>;
  /** Messages on the wire before the first of them is acknowledged. Default 50; the server takes 100. */
  window?: number;
  /** Messages a second at most, so that a backlog leaves room for others. Default: as fast as they are acknowledged. */
  rate?: number;
  /** Certificates of the authority that signs the server's, PEM. Default: those that the system trusts. */
  ca?: string;
  listener?: Listener;
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
export class DeviceConnection<M extends Message = Message, Content = M> {
  readonly #options: ConnectionOptions<M, Content>;
  readonly #outbox: Outbox<M, Content>;
  #client: MqttClient | undefined;
  #state: ConnectionState = 'offline';
  #reason = '';
  #running = false;
  #onTheWire = 0;
  #failures = 0;
  #onlineSince = 0;
  #retry: NodeJS.Timeout | undefined;
  #pacing: NodeJS.Timeout | undefined;
  /** When the next message may leave, by `performance.now()`. */
  #nextAt = 0;
  #awayMs: number | undefined;
  #isUnplugged = false;
  #whenEmpty: (() => void) | undefined;

  constructor(options: ConnectionOptions<M, Content>) {
    this.#options = options;
    // without an outbox, what is queued is messages
    this.#outbox = options.outbox ?? (memoryOutbox<M>() as Outbox<M, unknown> as Outbox<M, Content>);
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

  /** Queues a message: it goes when its turn comes. False: there was no room, and it is counted. */
  enqueue(content: Content): boolean {
    const isTaken = this.#outbox.add(content);
    this.#send();
    return isTaken;
  }

  /** The outbox has something to send that it had not before. */
  wake(): void {
    this.#send();
  }

  /**
   * Says something past the queue, once.
   *
   * @returns when the server has acknowledged it
   * @throws Error when there is no connection, or it breaks before: whether the server has it is not known then
   */
  say({ topic, payload }: Message): Promise<void> {
    const client = this.#client;
    if (!client || this.#state !== 'online') return Promise.reject(new Error('not connected'));
    return new Promise((resolve, reject) => {
      const lost = () => reject(new Error('the connection broke'));
      client.once('close', lost);
      client.publish(topic, payload, { qos: 1 }, (error) => {
        client.off('close', lost);
        if (error) reject(error);
        else resolve();
      });
    });
  }

  /** Loses the connection as a pulled cable does, without DISCONNECT, and comes back after `awayMs` sharp. */
  drop(awayMs: number): void {
    if (!this.#running) return;
    this.#awayMs = awayMs;
    if (this.#client) this.#client.stream.destroy();
    else this.#wait();
  }

  /** Loses the connection as {@link drop} does, until it is plugged in again. */
  unplug(): void {
    this.#isUnplugged = true;
    this.drop(0);
  }

  plugIn(): void {
    if (!this.#isUnplugged) return;
    this.#isUnplugged = false;
    if (this.#running && !this.#client) this.#connect();
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
    clearTimeout(this.#pacing);
    const client = this.#client;
    if (client) await this.#disconnect(client);
    return this.#outbox.size === 0;
  }

  #connect(): void {
    const { url, organization, deviceId, token, ca, listener, keepaliveSeconds = 60 } = this.#options;
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
      connectTimeout: mqttLimits.connectTimeoutMs,
      will: { topic: deviceTopics.status(deviceId), payload: Buffer.from('offline'), qos: 1, retain: true },
      log: quiet,
      ...(ca !== undefined && { ca }),
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
    if (listener) client.on('message', (topic, payload) => listener.hear(topic, payload.toString()));
  }

  #online(client: MqttClient): void {
    if (this.#client !== client) return;
    this.#onlineSince = performance.now();
    this.#reason = '';
    client.publish(deviceTopics.status(this.#options.deviceId), 'online', { qos: 1, retain: true });
    const { listener } = this.#options;
    // a server that refuses it closes the connection, or never says anything
    if (listener) client.subscribe([...listener.filters], { qos: 1 }, quiet);
    this.#change('online', '');
    this.#send();
  }

  #send(): void {
    const client = this.#client;
    if (!client || this.#state !== 'online') return;
    const window = this.#options.window ?? DEFAULT_WINDOW;
    while (this.#onTheWire < window && this.#mayLeave()) {
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

  /** Whether the pace allows another message now; if not, sending goes on when it does. */
  #mayLeave(): boolean {
    const { rate } = this.#options;
    if (rate === undefined || this.#outbox.size === 0) return true;
    const now = performance.now();
    if (now < this.#nextAt) {
      clearTimeout(this.#pacing);
      this.#pacing = setTimeout(() => this.#send(), this.#nextAt - now);
      return false;
    }
    // a timer that came late is made up for, but not a pause
    this.#nextAt = Math.max(this.#nextAt, now - 100) + 1000 / rate;
    return true;
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
    if (this.#isUnplugged) return;
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
