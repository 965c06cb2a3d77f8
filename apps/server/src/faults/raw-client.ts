import { connect, type Socket } from 'node:net';
import { generate, type Packet } from 'mqtt-packet';

/** A socket that speaks MQTT by the byte, and reads only when it is told to. */
export interface RawClient extends Disposable {
  readonly socket: Socket;
  /** Resolves when the connection is gone, whoever ended it. */
  readonly closed: Promise<void>;
  readonly isClosed: boolean;
  /** Bytes as they are, or a packet. Resolves when the system took them; or the connection is gone. */
  write(what: Uint8Array | Packet): Promise<void>;
  /** The next bytes that come; empty: the connection is gone. */
  read(): Promise<Buffer>;
}

/** Opens a socket; resolves when it is connected. It reads nothing by itself. */
export async function openRaw(port: number): Promise<RawClient> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  let isClosed = false;
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      isClosed = true;
      resolve();
    });
  });
  socket.on('error', () => undefined);
  await Promise.race([new Promise<void>((resolve) => socket.once('connect', () => resolve())), closed]);
  return {
    socket,
    closed,
    get isClosed() {
      return isClosed;
    },
    write(what) {
      const bytes = what instanceof Uint8Array ? what : generate(what);
      return Promise.race([new Promise<void>((resolve) => socket.write(bytes, () => resolve())), closed]);
    },
    async read() {
      for (;;) {
        const chunk: Buffer | null = socket.read();
        if (chunk !== null) return chunk;
        if (isClosed) return Buffer.alloc(0);
        await Promise.race([new Promise<void>((resolve) => socket.once('readable', () => resolve())), closed]);
      }
    },
    [Symbol.dispose]() {
      socket.destroy();
    },
  };
}

const SLOW_BYTE_MS = 150;

/** Sends a text one byte at a time, until it ends or the connection does. */
export function trickle(client: RawClient, bytes: Buffer): void {
  let at = 0;
  const timer = setInterval(() => {
    if (client.isClosed || at === bytes.length) clearInterval(timer);
    else void client.write(bytes.subarray(at, ++at));
  }, SLOW_BYTE_MS);
}

/** CONNECT of a device as MQTT 3.1.1 wants it. */
export const connectPacket = (username: string, password: string, clientId = username): Packet => ({
  cmd: 'connect',
  protocolId: 'MQTT',
  protocolVersion: 4,
  clean: true,
  keepalive: 60,
  clientId,
  username,
  password: Buffer.from(password),
});
