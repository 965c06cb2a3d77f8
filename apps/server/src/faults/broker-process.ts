import { createServer } from 'node:net';
import { type BrokerConnection, createEmbeddedBroker } from '@muster/core/platform/mqtt/broker';
import { Aedes } from 'aedes';

/** What the test tells the broker's process. */
export type BrokerOrder =
  /** From now on the store takes nothing, or what waits for it is stored. */
  | { hold: boolean }
  /** Sends so many messages of so many bytes to a client (Muster's broker only). */
  | { send: { clientId: string; messages: number; bytes: number } };

/** What the broker's process tells the test. */
export type BrokerNews = { port: number } | { storing: string } | { refused: string } | { connected: string };

// A broker in a process of its own, so that its memory can be measured: Muster's, or aedes as it comes. The store behind it is
// a gate that the test opens and closes.
const tell = (news: BrokerNews) => void process.send?.(news);
const connections = new Map<string, BrokerConnection>();
let held = false;
let waiting: (() => void)[] = [];

function store(topic: string, done: () => void): void {
  tell({ storing: topic });
  if (held) waiting.push(done);
  else done();
}

process.on('disconnect', () => process.exit());
process.on('message', (order: BrokerOrder) => {
  if ('hold' in order) {
    held = order.hold;
    if (held) return;
    for (const done of waiting) done();
    waiting = [];
  } else {
    const { clientId, messages, bytes } = order.send;
    const payload = Buffer.alloc(bytes);
    for (let n = 0; n < messages; n++) connections.get(clientId)?.send('devices/stalled/commands/1', payload, 0);
  }
});

async function muster(): Promise<number> {
  const broker = await createEmbeddedBroker<string>({
    authenticate: async ({ username }) => username,
    publish: (_, { topic }, done) => store(topic, done),
    subscribed: () => undefined,
    unsubscribed: () => undefined,
    maySubscribe: () => true,
    refusedPacket: () => undefined,
    connected(username, connection) {
      connections.set(username, connection);
      tell({ connected: username });
    },
    disconnected: (username) => void connections.delete(username),
    refused: (why) => tell({ refused: why }),
  });
  return broker.listen('127.0.0.1', 0);
}

/** As its manual shows it; `published` is where a program hears of a message. Fewer at once, so that less stalls it. */
async function aedes(): Promise<number> {
  const broker = await Aedes.createBroker({
    concurrency: 10,
    published: (packet, client, done) => (client ? store(packet.topic, () => done(null)) : done(null)),
  });
  const server = createServer(broker.handle);
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
  return (server.address() as { port: number }).port;
}

tell({ port: await (process.argv[2] === 'muster' ? muster() : aedes()) });
