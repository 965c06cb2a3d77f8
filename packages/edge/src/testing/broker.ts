import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Aedes } from 'aedes';

export interface Arrival {
  clientId: string;
  topic: string;
  payload: string;
  retain: boolean;
  /** ms since 1970. */
  at: number;
}

/** For tests: an MQTT broker that remembers what devices said and can be as unkind as a network. */
export interface Broker {
  url: string;
  /** What clients published, in order of arrival, wills included. */
  arrivals: Arrival[];
  /** Client ids, once for every connection made. */
  connections: string[];
  /** The user name and password of the newest connection. */
  credential: [string, string];
  /** Refuses every connection as not authorized. */
  refusing: boolean;
  /** Keeps acknowledgements back until `release`. */
  holding: boolean;
  release(): void;
  /** Publishes to whoever listens, at QoS 1. */
  publish(topic: string, payload: string): Promise<void>;
  /** Called when a client has subscribed. */
  onSubscribe: ((filters: string[]) => void) | undefined;
  /** Cuts every connection. */
  cut(): void;
  stop(): Promise<void>;
}

/** @param port 0: any that is free */
export async function startBroker(port = 0, host = '127.0.0.1'): Promise<Broker> {
  const sockets = new Set<Socket>();
  let held: (() => void)[] = [];
  const aedes = await Aedes.createBroker({
    authenticate: (client, username, password, done) => {
      if (broker.refusing) return done(Object.assign(new Error('no'), { returnCode: 5 }), false);
      broker.connections.push(client.id);
      broker.credential = [username ?? '', password?.toString() ?? ''];
      done(null, true);
    },
    authorizePublish: (client, { topic, payload, retain }, done) => {
      broker.arrivals.push({ clientId: client?.id ?? '', topic, payload: payload.toString(), retain, at: Date.now() });
      if (broker.holding) held.push(() => done(null));
      else done(null);
    },
  });
  aedes.on('subscribe', (subscriptions) => broker.onSubscribe?.(subscriptions.map(({ topic }) => topic)));
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    aedes.handle(socket);
  });
  server.listen(port, host);
  await once(server, 'listening');
  const broker: Broker = {
    url: `mqtt://${host}:${(server.address() as AddressInfo).port}`,
    arrivals: [],
    connections: [],
    credential: ['', ''],
    refusing: false,
    holding: false,
    release() {
      broker.holding = false;
      for (const go of held) go();
      held = [];
    },
    onSubscribe: undefined,
    publish: (topic, payload) =>
      new Promise((done, fail) => {
        const packet = { cmd: 'publish', topic, payload, qos: 1, retain: false, dup: false } as const;
        aedes.publish(packet, (error) => (error ? fail(error) : done()));
      }),
    cut() {
      held = [];
      for (const socket of sockets) socket.destroy();
    },
    async stop() {
      broker.cut();
      await new Promise<void>((done) => aedes.close(done));
      await new Promise((done) => server.close(done));
    },
  };
  return broker;
}

/** Looks again and again. @throws when it does not hold within so many ms, default ten seconds */
export async function until(holds: () => boolean, what: string, withinMs = 10_000): Promise<void> {
  for (const deadline = Date.now() + withinMs; !holds(); ) {
    if (Date.now() > deadline) throw new Error(`Waited in vain: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
