import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** The cable between the browser and the server: everything that the browser asks goes through it, until it is cut. */
export interface Link {
  /** What the browser opens. */
  readonly origin: string;
  /** Ends all connections at once and lets none through. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** Lays a link to a server on loopback. */
export async function layLink(target: string): Promise<Link> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  let whole = true;

  const keep = (socket: Socket, other: Socket) => {
    open.add(socket);
    socket.setNoDelay(true);
    // an error is followed by the close
    socket.on('error', () => undefined);
    socket.once('close', () => {
      open.delete(socket);
      other.destroy();
    });
  };
  const server = createServer((near) => {
    if (!whole) {
      near.destroy();
      return;
    }
    const far = connect(Number(port), hostname);
    keep(near, far);
    keep(far, near);
    near.pipe(far).pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const cut = () => {
    whole = false;
    for (const socket of open) socket.destroy();
  };
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    mend: () => {
      whole = true;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      cut();
      await closed;
    },
  };
}
