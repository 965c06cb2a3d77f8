import { type ClientRequest, get, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';

/** Somebody who opens a live connection and then does not read. */
export interface StillWatcher extends Disposable {
  /** Reads at last; resolves when the server has closed the connection. */
  closed(): Promise<void>;
}

/** A WebSocket, by the byte: a client that reads could not be held still. */
export async function openStillSocket(http: string, ticket: string, topic: string): Promise<StillWatcher> {
  const request = get(`${http}/api/v1/live?ticket=${ticket}`, {
    headers: {
      connection: 'upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': Buffer.alloc(16).toString('base64'),
    },
  });
  const socket = await answerOf<Socket>(request, 'upgrade', 1);
  const text = Buffer.from(JSON.stringify({ subscribe: [topic] }));
  // a text frame; its mask of zeros changes nothing
  socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), text]));
  return watch(socket, socket);
}

/** Server-sent events. */
export async function openStillEvents(http: string, token: string, topics: string): Promise<StillWatcher> {
  const request = get(`${http}/api/v1/events?topics=${encodeURIComponent(topics)}`, {
    headers: { authorization: `Bearer ${token}` },
    agent: false,
  });
  const response = await answerOf<IncomingMessage>(request, 'response', 0);
  if (response.statusCode !== 200) throw new Error(`the server answered ${response.statusCode}`);
  return watch(response.socket, response);
}

const answerOf = <T>(request: ClientRequest, event: string, argument: number) =>
  new Promise<T>((resolve, reject) => {
    request.once(event, (...args) => resolve(args[argument] as T));
    request.once('error', reject);
    if (event === 'upgrade') request.once('response', ({ statusCode }) => reject(new Error(`answered ${statusCode}`)));
  });

/** @param stream what must be read so that the socket is */
function watch(socket: Socket, stream: Readable): StillWatcher {
  socket.pause();
  for (const each of [socket, stream]) each.on('error', () => undefined);
  const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return {
    closed() {
      stream.resume();
      return gone;
    },
    [Symbol.dispose]() {
      socket.destroy();
    },
  };
}
