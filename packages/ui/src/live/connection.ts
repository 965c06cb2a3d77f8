import type { LiveMessage, LiveRequest } from '@muster/contract/live';
import { type ClockMeter, createClockMeter } from './clock.ts';
import { createDelayMeter } from './delays.ts';
import { createTopics, type Listener } from './topics.ts';

export interface LiveState {
  /** `reconnecting`: lost and being tried; `offline`: this device has no network. Only `live` may look live. */
  state: 'live' | 'reconnecting' | 'offline';
  /** When it became live, or when the server was last heard, ms by the screen's clock. */
  since: number;
  /** From the server's receipt to this screen, the middle of the last 10 s, ms; null: nothing came. */
  delayMs: number | null;
  /** How many times it became live. */
  epoch: number;
}

/** The one live connection of the app. */
export interface LiveConnection {
  /** Listens to a topic; ends by calling what it answers. */
  subscribe(topic: string, listener: Listener): () => void;
  state(): LiveState;
  onState(listener: () => void): () => void;
  /** The server's time now, ms since 1970, as well as the pings tell. */
  serverNow(): number;
  /** Time to the server and back, ms; null until measured. */
  roundTrip(): number | null;
  /** Tries again now instead of waiting. */
  retry(): void;
  start(): void;
  stop(): void;
}

interface ConnectionOptions {
  /** Opens a socket; fails when no ticket can be had. */
  openSocket(): Promise<WebSocket>;
  now?: () => number;
  random?: () => number;
  isOnline?: () => boolean;
}

const PING_MS = 10_000;
const FIRST_PINGS_MS = [0, 300, 1000, 2500];
/** A ping that nothing follows for so long: with the pings' distance this is below the 40 s of the contract. */
const DEAD_MS = 20_000;
const CHECK_MS = 1000;
const OPEN_MS = 10_000;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 8000;
/** Topics of one request, as the contract bounds them. */
const TOPICS_AT_ONCE = 500;

/** Makes a connection that rests until `start`. */
export const createConnection = (options: ConnectionOptions): LiveConnection => {
  const { openSocket, now = Date.now, random = Math.random, isOnline = () => navigator.onLine } = options;
  const clock: ClockMeter = createClockMeter();
  const delays = createDelayMeter();
  const listeners = new Set<() => void>();
  let current: LiveState = { state: 'reconnecting', since: now(), delayMs: null, epoch: 0 };
  let started = false;
  let attempt = 0;
  let generation = 0;
  let socket: WebSocket | null = null;
  let opening = false;
  let heardAt = now();
  let pingedAt: number | null = null;
  let nextPingAt = 0;
  let firstPings: number[] = [];
  let check: ReturnType<typeof setInterval> | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;

  const topics = createTopics({
    onFirst: (topic) => send({ subscribe: [topic] }),
    onLast: (topic) => send({ unsubscribe: [topic] }),
  });

  const become = (next: LiveState) => {
    const { state, since, delayMs } = current;
    if (next.state === state && next.since === since && next.delayMs === delayMs) return;
    current = next;
    for (const listener of listeners) listener();
  };

  const send = (request: LiveRequest) => {
    if (socket?.readyState === 1) socket.send(JSON.stringify(request));
  };

  const ping = () => {
    const sentAt = now();
    pingedAt ??= sentAt;
    nextPingAt = sentAt + (firstPings.shift() ?? PING_MS);
    send({ ping: sentAt });
  };

  const lost = () => {
    generation++;
    opening = false;
    socket?.close();
    socket = null;
    pingedAt = null;
    if (!started) return;
    const state = isOnline() ? 'reconnecting' : 'offline';
    become({ ...current, state, since: current.state === 'live' ? heardAt : current.since, delayMs: null });
    clearTimeout(retry);
    const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt++);
    retry = setTimeout(connect, longest * (0.5 + random() / 2));
  };

  const opened = () => {
    attempt = 0;
    opening = false;
    heardAt = now();
    firstPings = [...FIRST_PINGS_MS.slice(1)];
    become({ state: 'live', since: heardAt, delayMs: null, epoch: current.epoch + 1 });
    const all = topics.all();
    for (let from = 0; from < all.length; from += TOPICS_AT_ONCE) {
      send({ subscribe: all.slice(from, from + TOPICS_AT_ONCE) });
    }
    ping();
  };

  const heard = (text: string) => {
    heardAt = now();
    pingedAt = null;
    const message = JSON.parse(text) as LiveMessage;
    if ('pong' in message) clock.measured(message.pong, heardAt, message.now);
    else if ('topic' in message && 'data' in message) {
      const { topic, ts, data } = message;
      delays.add(heardAt + clock.offset() - ('receivedAt' in data ? data.receivedAt : ts), heardAt);
      topics.tell(topic, data, ts);
    }
  };

  const connect = async () => {
    clearTimeout(retry);
    if (!started || socket || opening) return;
    const mine = ++generation;
    opening = true;
    try {
      const made = await openSocket();
      if (mine !== generation) return made.close();
      socket = made;
      const tooLate = setTimeout(() => made.close(), OPEN_MS);
      made.onopen = () => {
        clearTimeout(tooLate);
        if (mine === generation) opened();
      };
      made.onmessage = ({ data }) => {
        if (mine === generation && typeof data === 'string') heard(data);
      };
      made.onclose = () => {
        clearTimeout(tooLate);
        if (mine === generation) lost();
      };
    } catch {
      if (mine === generation) lost();
    }
  };

  const tick = () => {
    const at = now();
    if (current.state === 'live') {
      if (pingedAt !== null && at - pingedAt > DEAD_MS) return lost();
      if (at >= nextPingAt) ping();
      become({ ...current, delayMs: delays.typical(at) });
    } else {
      const state = isOnline() ? 'reconnecting' : 'offline';
      if (state !== current.state) become({ ...current, state });
    }
  };

  /** Something says that trying now makes sense: the network is back, or somebody looks. */
  const wake = () => {
    if (!started) return;
    if (current.state === 'live') return ping();
    attempt = 0;
    void connect();
  };

  const onVisible = () => {
    if (document.visibilityState === 'visible') wake();
  };

  return {
    subscribe: topics.add,
    state: () => current,
    onState: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    serverNow: () => now() + clock.offset(),
    roundTrip: clock.roundTrip,
    retry: wake,
    start() {
      if (started) return;
      started = true;
      attempt = 0;
      become({ state: 'reconnecting', since: now(), delayMs: null, epoch: 0 });
      check = setInterval(tick, CHECK_MS);
      globalThis.addEventListener?.('online', wake);
      globalThis.document?.addEventListener('visibilitychange', onVisible);
      void connect();
    },
    stop() {
      if (!started) return;
      started = false;
      clearInterval(check);
      clearTimeout(retry);
      globalThis.removeEventListener?.('online', wake);
      globalThis.document?.removeEventListener('visibilitychange', onVisible);
      lost();
    },
  };
};
