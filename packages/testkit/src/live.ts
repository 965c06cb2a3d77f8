import { once } from 'node:events';
import { API_PREFIX } from '@muster/contract/routes';
import { type Api, bodyOf } from './api.ts';
import { until } from './until.ts';

/** A message of the live view: one of the shapes of `LiveMessage`, as it came. */
export interface Heard {
  topic?: string;
  ts?: number;
  data?: {
    deviceId?: string;
    values?: Record<string, { value: unknown; ts: number; status: string }>;
    status?: string;
    lastSeenAt?: number;
    event?: { type: string; ts: number; data: unknown };
    figures?: { messagesPerSecond: number; pointsPerSecond: number };
    receivedAt?: number;
  };
  pong?: number;
  now?: number;
  error?: string;
}

/** A browser's live connection. */
export interface LiveClient {
  /** Everything heard so far, in order. */
  readonly heard: Heard[];
  send(request: object | string): void;
  /** The first message, now or later, for which `wanted` says yes. */
  hear(wanted: (message: Heard) => boolean, what: string): Promise<Heard>;
  /** Resolves with the code when the connection ends. */
  readonly closed: Promise<number>;
  close(): Promise<void>;
}

/** Asks for a ticket and opens a WebSocket with it. @throws when the server refuses the connection */
export async function openLive(http: string, api: Api, headers: Record<string, string> = {}): Promise<LiveClient> {
  const { ticket } = await bodyOf(api.post<{ ticket: string }>('/live/ticket'));
  return openLiveWith(http, ticket, headers);
}

/** The same with a ticket at hand. */
export async function openLiveWith(
  http: string,
  ticket: string,
  headers: Record<string, string> = {},
): Promise<LiveClient> {
  const url = `${http.replace(/^http/, 'ws')}${API_PREFIX}/live?ticket=${encodeURIComponent(ticket)}`;
  const socket = new WebSocket(url, { headers });
  const heard: Heard[] = [];
  socket.addEventListener('message', ({ data }) => heard.push(JSON.parse(String(data)) as Heard));
  const closed = once(socket, 'close').then(([event]) => (event as { code: number }).code);
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error('the server refused the live connection')));
  });
  return {
    heard,
    send: (request) => socket.send(typeof request === 'string' ? request : JSON.stringify(request)),
    hear: (wanted, what) => until(() => heard.find(wanted), what),
    closed,
    async close() {
      socket.close();
      await closed;
    },
  };
}

/** Server-sent events as they come; ends with the stream or with `stop`. */
export interface EventStream {
  readonly heard: Heard[];
  readonly ids: string[];
  /** The server ended it. */
  readonly ended: boolean;
  stop(): void;
}

/** Reads an SSE answer in the background. */
export function readEvents(response: Response): EventStream {
  const heard: Heard[] = [];
  const ids: string[] = [];
  let ended = false;
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let rest = '';
  const read = async (): Promise<void> => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        ended = true;
        return;
      }
      const blocks = (rest + decoder.decode(value, { stream: true })).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const id = /^id: (.*)$/m.exec(block)?.[1];
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (id !== undefined) ids.push(id);
        if (data !== undefined) heard.push(JSON.parse(data) as Heard);
      }
    }
  };
  read().catch(() => undefined);
  return {
    heard,
    ids,
    get ended() {
      return ended;
    },
    stop: () => void reader.cancel().catch(() => undefined),
  };
}
