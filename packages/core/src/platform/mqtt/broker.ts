import { createServer, type Server, type Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import { mqttLimits } from '@muster/contract/mqtt';
import { Aedes, type AuthenticateError, type Client, type ConnectPacket, type PublishPacket } from 'aedes';
import { guardInbound, guardOutbound } from './gate.ts';

/** How the embedded broker asks what Muster decides. `P` is whoever a connection was authenticated as. */
export interface BrokerHooks<P> {
  /** undefined: unknown or wrong credential. A rejection: it can't be told now, the client may come again. */
  authenticate(credential: { username: string; password: string; address: string }): Promise<P | undefined>;
  /** Takes a publish; `done` must be called once, when it may be acknowledged. Until then the packet is not answered. */
  publish(principal: P, packet: { topic: string; payload: Buffer; retain: boolean }, done: () => void): void;
  maySubscribe(principal: P, filter: string): boolean;
  /** A filter was granted, and the client knows it. */
  subscribed(principal: P, connection: BrokerConnection, filter: string): void;
  unsubscribed(principal: P, connection: BrokerConnection, filter: string): void;
  connected(principal: P, connection: BrokerConnection): void;
  /** @param orderly it said DISCONNECT; without it the connection was lost */
  disconnected(principal: P, connection: BrokerConnection, orderly: boolean): void;
  /** Something was refused before it reached a hook. */
  refused(why: string, address: string): void;
  /** A packet of somebody who is signed in was too large to be read; its connection ends. */
  refusedPacket(principal: P, why: string): void;
}

/** One device's connection, as the server may use it. */
export interface BrokerConnection {
  readonly clientId: string;
  readonly address: string;
  /** Sends to this client only; answered when it was written, or the connection is gone. */
  send(topic: string, payload: Buffer, qos: 0 | 1): void;
  close(): void;
}

export interface EmbeddedBroker {
  /**
   * Starts to listen, on as many ports as wanted; answers the port.
   * @param secure MQTT over TLS: tells what a new connection is shown
   */
  listen(host: string, port: number, secure?: () => SecureContext): Promise<number>;
  /** Takes nothing new from here on, neither connections nor packets; what was taken is still answered. */
  stopAccepting(): void;
  /**
   * Stops or resumes reading from every client that publishes: what is read is kept, so this bounds memory. Meanwhile nobody
   * is let in, for each would bring more.
   */
  setPressure(full: boolean): void;
  readonly connections: number;
  stop(): Promise<void>;
}

/** What Muster keeps on an aedes client. */
interface Session<P> extends BrokerConnection {
  client: Client;
  socket: Socket;
  principal: P | undefined;
  inFlight: number;
  paused: boolean;
  /** Message ids to acknowledge with the next write. */
  acks: number[];
}

/**
 * Failed sign-ins in a minute before nobody looks any more (REL-3): of one name from one address, and of the address as a whole.
 * A site is one address: a single device with a wrong token must not lock out its neighbours.
 */
const MAXIMUM_FAILURES = 100;
const MAXIMUM_FAILURES_OF_ADDRESS = 2000;
const FAILURE_WINDOW_MS = 60_000;
/** Connections of one address that have not signed in yet. */
const MAXIMUM_UNAUTHENTICATED = 5000;

/** Granted in SUBACK in place of a quality of service: it was not. */
const REFUSED = 128;

/** CONNACK 3, server unavailable. */
const comeAgain = (error: Error) => Object.assign(error, { returnCode: 3 }) as AuthenticateError;

/**
 * MQTT 3.1.1 in process. Of aedes it takes the protocol; what devices publish does not pass through its emitter at all, and
 * no client ever receives what another one sent.
 */
class IngestBroker extends Aedes {
  override publish(...args: unknown[]): void {
    const done = args.at(-1);
    if (typeof done === 'function') done(null);
  }
}

export async function createEmbeddedBroker<P>(hooks: BrokerHooks<P>): Promise<EmbeddedBroker> {
  const sessions = new WeakMap<Client, Session<P>>();
  const publishing = new Set<Session<P>>();
  const failures = new Map<string, number>();
  const unauthenticated = new Map<string, number>();
  let answering: Session<P>[] = [];
  let full = false;
  let draining = false;

  const broker = new IngestBroker({
    concurrency: 1000,
    connectTimeout: mqttLimits.connectTimeoutMs,
    drainTimeout: 5000,
    maxTopicLevels: mqttLimits.topicLevels,
    maxInflightInbound: mqttLimits.inFlight,
    queueLimit: mqttLimits.inFlight,
    heartbeatInterval: 3_600_000,
    preConnect,
    authenticate,
    authorizePublish,
    authorizeSubscribe,
  });
  await broker.listen();
  const forget = setInterval(() => failures.clear(), FAILURE_WINDOW_MS);
  forget.unref();

  /**
   * Two organizations may have a device of the same name: a session's id is made of the credential's name as well. No session
   * outlives its connection (CONNACK says so): kept in memory, those of ever new client ids would fill it.
   */
  function preConnect(
    client: Client,
    packet: ConnectPacket,
    callback: (error: Error | null, success: boolean) => void,
  ) {
    const username = packet.username ?? '';
    packet.clientId = `${username}#${packet.clientId || 'anonymous'}`;
    packet.clean = true;
    callback(null, !client.closed);
  }

  function authenticate(
    client: Client,
    username: string | undefined,
    password: Buffer | undefined,
    done: (error: AuthenticateError | null, success: boolean | null) => void,
  ): void {
    const session = sessions.get(client) as Session<P>;
    const { address } = session;
    if (!username || !password) {
      hooks.refused('no credential', address);
      return done(null, false);
    }
    // what it would send again is what waits already
    if (full) return done(comeAgain(new Error('too much waits for the store')), false);
    const name = `${address} ${username.slice(0, 200)}`;
    const failed = failures.get(name) ?? 0;
    if (failed >= MAXIMUM_FAILURES || (failures.get(address) ?? 0) >= MAXIMUM_FAILURES_OF_ADDRESS) {
      hooks.refused('too many failed sign-ins', address);
      // it may be a neighbour of whoever failed: "not authorized" is final to some devices
      return done(comeAgain(new Error('too many failed sign-ins')), false);
    }
    hooks.authenticate({ username, password: password.toString(), address }).then(
      (principal) => {
        if (principal === undefined) {
          // others may have failed meanwhile
          for (const whose of [name, address]) failures.set(whose, (failures.get(whose) ?? 0) + 1);
          return done(null, false);
        }
        session.principal = principal;
        done(null, true);
      },
      (error: Error) => done(comeAgain(error), false),
    );
  }

  function authorizePublish(
    client: Client | null,
    packet: PublishPacket,
    callback: (error?: Error | null) => void,
  ): void {
    const session = client ? sessions.get(client) : undefined;
    if (session?.principal === undefined) return callback(new Error('not signed in'));
    // the server stops: what is not taken now is not answered, and comes again
    if (draining) return;
    const payload = packet.payload as Buffer;
    session.inFlight++;
    if (session.inFlight >= mqttLimits.inFlight || full) pause(session);
    hooks.publish(session.principal, { topic: packet.topic, payload, retain: packet.retain }, () => {
      session.inFlight--;
      if (session.paused && !full && !draining && session.inFlight < mqttLimits.inFlight / 2) resume(session);
      if (packet.qos === 1 && packet.messageId !== undefined) {
        answer(session, packet.messageId);
        // it is answered: the broker need not do it again
        packet.qos = 0;
      }
      callback(null);
    });
  }

  /** Acknowledgements of one commit leave in one write per connection. */
  function answer(session: Session<P>, messageId: number): void {
    session.acks.push(messageId);
    if (session.acks.length > 1) return;
    answering.push(session);
    if (answering.length === 1) queueMicrotask(answerAll);
  }

  function answerAll(): void {
    const ready = answering;
    answering = [];
    for (const session of ready) {
      const { acks, socket } = session;
      const bytes = Buffer.allocUnsafe(acks.length * 4);
      for (let index = 0; index < acks.length; index++) {
        const id = acks[index] as number;
        const at = index * 4;
        bytes[at] = 0x40; // PUBACK
        bytes[at + 1] = 2;
        bytes[at + 2] = id >> 8;
        bytes[at + 3] = id & 255;
      }
      acks.length = 0;
      if (!socket.destroyed) socket.write(bytes);
    }
  }

  function authorizeSubscribe(
    client: Client,
    subscription: { topic: string; qos: 0 | 1 | 2 },
    callback: (error: Error | null, subscription?: { topic: string; qos: 0 | 1 | 2 } | null) => void,
  ): void {
    const session = sessions.get(client);
    const count = Object.keys((client as unknown as { subscriptions: object }).subscriptions).length;
    const allowed =
      session?.principal !== undefined &&
      count < mqttLimits.subscriptions &&
      hooks.maySubscribe(session.principal, subscription.topic);
    if (!allowed) hooks.refused(`subscription to ${subscription.topic}`, session?.address ?? '');
    callback(null, allowed ? subscription : null);
  }

  function pause(session: Session<P>): void {
    session.paused = true;
    publishing.add(session);
    (session.client as unknown as { pause(): void }).pause();
  }

  function resume(session: Session<P>): void {
    session.paused = false;
    publishing.delete(session);
    const client = session.client as unknown as { _parsingBatch: number; resume(): void };
    // while paused, aedes does not count what was answered: it would wait for those answers and never read again
    client._parsingBatch = 0;
    client.resume();
  }

  broker.on('clientReady', (client: Client) => {
    const session = sessions.get(client);
    if (session?.principal !== undefined) hooks.connected(session.principal, session);
  });

  broker.on('subscribe', (subscriptions: { topic: string; qos: number }[], client: Client) => {
    const session = sessions.get(client);
    if (session?.principal === undefined) return;
    for (const { topic, qos } of subscriptions) {
      if (qos !== REFUSED) hooks.subscribed(session.principal, session, topic);
    }
  });
  broker.on('unsubscribe', (topics: string[], client: Client) => {
    const session = sessions.get(client);
    if (session?.principal === undefined) return;
    for (const topic of topics) hooks.unsubscribed(session.principal, session, topic);
  });

  const sockets = new Set<Socket>();
  const everyone = new Set<Session<P>>();
  // a device may do without MQTT's keep-alive, and lose its cable: the system finds out
  const tcp = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 };
  const servers: Server[] = [];

  function take(raw: Socket, secure?: SecureContext): void {
    const address = raw.remoteAddress ?? '';
    const waiting = unauthenticated.get(address) ?? 0;
    if (waiting >= MAXIMUM_UNAUTHENTICATED) {
      hooks.refused('too many connections that have not signed in', address);
      raw.destroy();
      return;
    }
    const socket = secure ? new TLSSocket(raw, { isServer: true, secureContext: secure }) : raw;
    unauthenticated.set(address, waiting + 1);
    sockets.add(socket);
    guardInbound(socket, (why) => {
      hooks.refused(why, address);
      if (session.principal !== undefined) hooks.refusedPacket(session.principal, why);
    });
    guardOutbound(socket, () => hooks.refused('the client does not read what it is sent', address));
    const client = broker.handle(socket);
    const session: Session<P> = {
      client,
      socket,
      principal: undefined,
      inFlight: 0,
      paused: false,
      acks: [],
      address,
      get clientId() {
        return client.id;
      },
      send(topic, payload, qos) {
        (client as unknown as { publish(packet: object, done: () => void): void }).publish(
          { cmd: 'publish', topic, payload, qos, retain: false, dup: false },
          () => undefined,
        );
      },
      close: () => socket.destroy(),
    };
    sessions.set(client, session);
    everyone.add(session);
    let settled = false;
    const settle = () => {
      if (settled) return;
      settled = true;
      const left = (unauthenticated.get(address) ?? 1) - 1;
      if (left > 0) unauthenticated.set(address, left);
      else unauthenticated.delete(address);
    };
    client.once('connected', settle);
    socket.once('close', () => {
      settle();
      sockets.delete(socket);
      everyone.delete(session);
      publishing.delete(session);
      const orderly = (client as unknown as { _disconnected: boolean })._disconnected;
      if (session.principal !== undefined) hooks.disconnected(session.principal, session, orderly);
    });
  }
  // a client that breaks off is everyday life, not an event
  broker.on('clientError', () => undefined);
  broker.on('connectionError', () => undefined);

  return {
    listen: (host, port, secure) =>
      new Promise((resolve, reject) => {
        const server = createServer(tcp, (socket) => take(socket, secure?.()));
        servers.push(server);
        server.once('error', reject);
        server.listen({ host, port, backlog: 4096 }, () => {
          server.removeListener('error', reject);
          resolve((server.address() as { port: number }).port);
        });
      }),
    stopAccepting() {
      for (const server of servers) server.close();
      draining = true;
      for (const session of everyone) pause(session);
    },
    setPressure(next) {
      full = next;
      if (full || draining) return;
      for (const session of publishing) if (session.inFlight < mqttLimits.inFlight / 2) resume(session);
    },
    get connections() {
      return sockets.size;
    },
    async stop() {
      clearInterval(forget);
      for (const server of servers) if (server.listening) server.close();
      // what was acknowledged last is still written
      for (const socket of sockets) socket.destroySoon();
      await new Promise<void>((resolve) => broker.close(() => resolve()));
    },
  };
}
