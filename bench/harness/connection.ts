import { connect as connectSocket, type Socket } from 'node:net';

/** A device's connection, reduced to what a load needs. */
export interface LoadConnection {
  socket: Socket;
  /** Called for every acknowledgement in what was just read, then once `onRead`. */
  onAck(messageId: number): void;
  onRead(): void;
}

const CONNACK = 2;
const PUBACK = 4;
/** Both are this long. */
const PACKET_BYTES = 4;
const NOTHING = Buffer.alloc(0);

/**
 * Opens a connection and signs in.
 * @throws Error when the broker refuses or the connection breaks
 */
function openConnection(port: number, connectPacket: Buffer): Promise<LoadConnection> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket({ host: '127.0.0.1', port, noDelay: true });
    const connection: LoadConnection = { socket, onAck: () => undefined, onRead: () => undefined };
    let rest: Buffer = NOTHING;
    socket.on('data', (chunk) => {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let at = 0;
      for (; at + PACKET_BYTES <= bytes.length; at += PACKET_BYTES) {
        const type = (bytes[at] as number) >> 4;
        if (type === PUBACK) connection.onAck(bytes.readUInt16BE(at + 2));
        else if (type === CONNACK && bytes[at + 3] === 0) resolve(connection);
        else socket.destroy(new Error(`the broker answered ${bytes.toString('hex', at, at + PACKET_BYTES)}`));
      }
      rest = at < bytes.length ? bytes.subarray(at) : NOTHING;
      connection.onRead();
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the broker closed the connection')));
    socket.write(connectPacket);
  });
}

/** Opens many connections, not more than `atOnce` under way. */
export async function openConnections(
  port: number,
  packets: readonly Buffer[],
  atOnce = 200,
): Promise<LoadConnection[]> {
  const connections: LoadConnection[] = [];
  for (let from = 0; from < packets.length; from += atOnce) {
    const some = packets.slice(from, from + atOnce).map((packet) => openConnection(port, packet));
    connections.push(...(await Promise.all(some)));
  }
  return connections;
}
