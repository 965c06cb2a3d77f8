import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { now } from './clock.ts';

/** A text that came over a live connection, and when its bytes were read (`now()`). */
export interface Received {
  at: number;
  text: Buffer;
}

/** A WebSocket that does as little as can be: a thousand full clients in one process would measure themselves. */
export interface WatchSocket {
  received: Received[];
  send(text: string): void;
  close(): void;
}

const TEXT = 1;
const PING = 9;
const PONG = 10;
const FINAL = 0x80;
const MASKED = 0x80;
const NOTHING = Buffer.alloc(0);

/** @throws Error when the server does not switch protocols */
export function openWatchSocket(address: string): Promise<WatchSocket> {
  const { hostname, port, pathname, search } = new URL(address);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    const watch: WatchSocket = {
      received: [],
      send: (text) => sendFrame(socket, TEXT, Buffer.from(text)),
      close: () => socket.destroy(),
    };
    let rest: Buffer = NOTHING;
    let open = false;
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the live connection was closed')));
    socket.on('data', (chunk) => {
      const at = now();
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      if (!open) {
        const end = rest.indexOf('\r\n\r\n');
        if (end < 0) return;
        const status = rest.toString('latin1', 0, rest.indexOf('\r\n'));
        if (!status.includes(' 101 ')) return void socket.destroy(new Error(status));
        open = true;
        rest = rest.subarray(end + 4);
        resolve(watch);
      }
      rest = readFrames(socket, rest, (text) => watch.received.push({ at, text }));
    });
    socket.write(
      `GET ${pathname}${search} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
    );
  });
}

/** Takes whole frames off; answers what is left. */
function readFrames(socket: Socket, bytes: Buffer, onText: (text: Buffer) => void): Buffer {
  let at = 0;
  while (at + 2 <= bytes.length) {
    let length = (bytes[at + 1] as number) & 127;
    let head = 2;
    if (length === 126) {
      if (at + 4 > bytes.length) break;
      length = bytes.readUInt16BE(at + 2);
      head = 4;
    } else if (length === 127) {
      if (at + 10 > bytes.length) break;
      length = Number(bytes.readBigUInt64BE(at + 2));
      head = 10;
    }
    const end = at + head + length;
    if (end > bytes.length) break;
    const kind = (bytes[at] as number) & 15;
    const payload = bytes.subarray(at + head, end);
    if (kind === TEXT) onText(payload);
    else if (kind === PING) sendFrame(socket, PONG, payload);
    at = end;
  }
  return at < bytes.length ? bytes.subarray(at) : NOTHING;
}

/** Clients must mask what they send; a mask of zeros leaves it as it is. */
function sendFrame(socket: Socket, kind: number, payload: Buffer): void {
  const length =
    payload.length < 126 ? [MASKED | payload.length] : [MASKED | 126, payload.length >> 8, payload.length & 255];
  socket.write(Buffer.concat([Buffer.from([FINAL | kind, ...length, 0, 0, 0, 0]), payload]));
}
