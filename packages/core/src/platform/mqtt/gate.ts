import type { Socket } from 'node:net';
import { mqttLimits } from '@muster/contract/mqtt';

const CONNECT = 1;

/**
 * Watches the fixed headers of what a socket receives and cuts the connection before a packet that is too large is buffered:
 * the codec behind it has no limit, not even before CONNECT. It taps `read`, which is how the broker takes bytes; a stream
 * in between would halve the throughput.
 */
export function guardInbound(socket: Socket, onRefused: (why: string) => void): void {
  const read = socket.read;
  /** Bytes of the packet under way that are still to come. */
  let remaining = 0;
  /** Inside a fixed header: bytes of it seen, packet type, length so far. */
  let header = 0;
  let type = 0;
  let length = 0;
  let connected = false;

  function inspect(chunk: Buffer): boolean {
    let at = 0;
    while (at < chunk.length) {
      if (remaining > 0) {
        const skipped = Math.min(remaining, chunk.length - at);
        remaining -= skipped;
        at += skipped;
        continue;
      }
      const byte = chunk[at++] as number;
      if (header === 0) {
        type = byte >> 4;
        if (!connected && type !== CONNECT) return refuse('the first packet is not CONNECT');
        length = 0;
        header = 1;
        continue;
      }
      length += (byte & 127) * 128 ** (header - 1);
      header++;
      if (byte & 128) {
        if (header > 4) return refuse('the packet length is malformed');
        continue;
      }
      const most = type === CONNECT ? mqttLimits.connectBytes : mqttLimits.packetBytes;
      if (length > most) return refuse(`a packet of ${length} bytes is larger than ${most}`);
      connected = true;
      remaining = length;
      header = 0;
    }
    return true;
  }

  function refuse(why: string): false {
    onRefused(why);
    socket.destroy();
    return false;
  }

  socket.read = (size?: number) => {
    const chunk = read.call(socket, size) as Buffer | null;
    return chunk === null || inspect(chunk) ? chunk : null;
  };
}

/**
 * Bounds what waits to be sent to a socket that does not read. The broker never waits for it, so one stalled client stops
 * nobody else; beyond the bound the client is cut off.
 */
export function guardOutbound(socket: Socket, onStalled: () => void): void {
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  socket.write = ((...args: unknown[]) => {
    write(...args);
    if (socket.writableLength > mqttLimits.outboundBytes && !socket.destroyed) {
      onStalled();
      socket.destroy();
    }
    return true;
  }) as Socket['write'];
}
