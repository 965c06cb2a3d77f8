import type { OutgoingHttpHeaders } from 'node:http';
import { LiveRequest } from '@muster/contract/live';
import { API_PREFIX, routes } from '@muster/contract/routes';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Compile } from 'typebox/compile';
import type { WebSocket } from 'ws';
import type { Identify } from '../identity/index.ts';
import type { Bus } from '../platform/bus.ts';
import type { BusMessage } from '../platform/bus-message.ts';
import type { Context } from '../platform/context.ts';
import { MusterError, unauthenticated } from '../platform/errors.ts';
import type { Binder } from '../platform/http/bind.ts';
import type { Watcher } from './hub.ts';
import { type SubscribeDeps, subscribe } from './subscribe.ts';
import { type LookAgain, TICKET_SECONDS, type Tickets } from './tickets.ts';

export interface LiveDeps extends SubscribeDeps {
  tickets: Tickets;
  identify: Identify;
  bus: Bus;
}

const PING_MS = 30_000;
const LOOK_AT_KEY_MS = 3000;
/** A client that does not read is cut off when this much waits for it. */
const MAXIMUM_WAITING_BYTES = 4 * 1024 * 1024;
const MAXIMUM_TOPICS = 500;
const requestShape = Compile(LiveRequest);

/** Live values over WebSocket and server-sent events: the same hub, the same messages. */
export function bindLive(app: FastifyInstance, bind: Binder, deps: LiveDeps): void {
  const { hub, tickets, identify, bus } = deps;
  /** Open streams, each with what looks again whether it may go on. */
  const open = new Map<Watcher, () => void>();

  // what was taken from somebody ends in his open streams too: rights, a place, a device that was moved
  bus.on((message) => {
    for (const [watcher, followAgain] of open) {
      if (watcher.organizationId === message.organizationId && isConcerned(watcher, message)) followAgain();
    }
  });

  bind(routes.live.ticket, async ({ request }) => {
    const { lookAgain } = await identify(request);
    return { ticket: tickets.make(lookAgain), expiresIn: TICKET_SECONDS };
  });

  app.route({
    method: 'GET',
    url: `${API_PREFIX}${routes.live.socket.path}`,
    schema: { summary: routes.live.socket.summary, tags: ['Live'], querystring: routes.live.socket.query },
    preValidation: async (request) => {
      refuseForeignOrigin(request);
      const { ticket } = request.query as { ticket?: unknown };
      if (typeof ticket !== 'string') throw unauthenticated('A ticket is missing.');
      const lookAgain = tickets.use(ticket);
      (request as unknown as Opening).lookAgain = lookAgain;
      (request as unknown as Opening).context = await lookAgain();
    },
    handler: async () => {
      throw new MusterError('malformed', 'This address speaks WebSocket.');
    },
    wsHandler: (socket, request) => serveSocket(socket, request as unknown as Opening),
  });

  function serveSocket(socket: WebSocket, request: Opening): void {
    let { context } = request;
    const topics = new Set<string>();
    let alive = true;
    const cut = (why: string) => {
      if (socket.readyState === socket.OPEN) logCut(request, why);
      socket.terminate();
    };
    const watcher: Watcher = {
      organization: context.organizationNumber,
      organizationId: context.organizationId,
      actorId: context.actor.id,
      seesAll: seesAll(context),
      followsPlaces: () => somePlaces(topics),
      send(text) {
        if (socket.bufferedAmount > MAXIMUM_WAITING_BYTES) cut('too much waits for it');
        else socket.send(text);
      },
      waiting: () => socket.bufferedAmount,
    };
    const answer = (message: object) => watcher.send(JSON.stringify(message));

    async function follow(topic: string): Promise<void> {
      if (topics.size >= MAXIMUM_TOPICS) return answer({ error: `At most ${MAXIMUM_TOPICS} topics.`, topic });
      topics.add(topic);
      await look(topic);
    }

    async function look(topic: string): Promise<void> {
      try {
        await subscribe(deps, context, watcher, topic);
        if (socket.readyState !== socket.OPEN) hub.leave(watcher);
        // it may have been unsubscribed while it was looked up
        else if (!topics.has(topic)) hub.unwatch(watcher, topic);
      } catch (error) {
        topics.delete(topic);
        hub.unwatch(watcher, topic);
        answer({ error: error instanceof MusterError ? error.message : 'It did not work. Try again.', topic });
      }
    }

    /**
     * Topics that may not be followed any more end with an error; with the session everything does. The others are heard all the
     * while: what is told meanwhile is told once.
     */
    async function followAgain(): Promise<void> {
      try {
        context = await request.lookAgain();
      } catch (error) {
        if (error instanceof MusterError && error.code === 'unauthenticated') socket.close(4401, 'The session ended');
        return;
      }
      watcher.seesAll = seesAll(context);
      for (const topic of [...topics]) await look(topic);
    }
    open.set(watcher, oneAfterTheOther(followAgain));

    socket.on('message', (bytes: Buffer) => {
      const message = readRequest(bytes);
      if (!message) return answer({ error: 'Send {"subscribe": […]}, {"unsubscribe": […]} or {"ping": number}.' });
      if ('ping' in message) return answer({ pong: message.ping, now: Date.now() });
      if ('subscribe' in message) for (const topic of message.subscribe) void follow(topic);
      else {
        for (const topic of message.unsubscribe) {
          topics.delete(topic);
          hub.unwatch(watcher, topic);
        }
      }
    });
    socket.on('pong', () => {
      alive = true;
    });
    const timer = setInterval(() => {
      if (!alive) return cut('it answers no ping');
      alive = false;
      socket.ping();
    }, PING_MS);
    const looks = lookEvery(context, async () => {
      const over = (error: unknown) => error instanceof MusterError && error.code === 'unauthenticated';
      await request.lookAgain().catch((error) => over(error) && socket.close(4401, 'The session ended'));
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(timer);
      clearInterval(looks);
      open.delete(watcher);
      hub.leave(watcher);
    });
  }

  bind(routes.live.events, async ({ query, request, reply }) => {
    const lookAgain = query.ticket ? tickets.use(query.ticket) : (await identify(request)).lookAgain;
    const context = await lookAgain();
    const { raw } = reply;
    const topics = query.topics.split(',').slice(0, MAXIMUM_TOPICS);
    let id = 0;
    let alive = true;
    /** What comes before the head of the answer is written. */
    let early: string[] | undefined = [];
    let timer: NodeJS.Timeout | undefined;
    let looks: NodeJS.Timeout | undefined;
    const cut = (why: string) => {
      if (!raw.destroyed) logCut(request, why);
      raw.destroy();
    };
    const watcher: Watcher = {
      organization: context.organizationNumber,
      organizationId: context.organizationId,
      actorId: context.actor.id,
      seesAll: seesAll(context),
      followsPlaces: () => somePlaces(topics),
      send(text) {
        if (early) early.push(text);
        else if (raw.writableLength > MAXIMUM_WAITING_BYTES) cut('too much waits for it');
        else raw.write(`id: ${++id}\ndata: ${text}\n\n`);
      },
      waiting: () => raw.writableLength,
    };
    raw.on('close', () => {
      clearInterval(timer);
      clearInterval(looks);
      open.delete(watcher);
      hub.leave(watcher);
    });
    /** A stream can not say which of its topics ended: it ends as a whole, and is opened anew with those that may be read. */
    async function followAgain(): Promise<void> {
      try {
        const now = await lookAgain();
        watcher.seesAll = seesAll(now);
        for (const topic of topics) await subscribe(deps, now, watcher, topic);
        if (raw.destroyed) hub.leave(watcher);
      } catch (error) {
        if (error instanceof MusterError && error.code !== 'unavailable') raw.end();
      }
    }
    open.set(watcher, oneAfterTheOther(followAgain));
    for (const topic of topics) {
      await subscribe(deps, context, watcher, topic).catch((error) => {
        open.delete(watcher);
        hub.leave(watcher);
        throw error;
      });
    }
    reply.hijack();
    if (raw.destroyed) {
      // the client left while it was subscribed
      open.delete(watcher);
      hub.leave(watcher);
      return reply;
    }
    request.raw.socket.setTimeout(0);
    raw.writeHead(200, {
      ...(reply.getHeaders() as OutgoingHttpHeaders),
      'content-type': 'text/event-stream',
      'x-accel-buffering': 'no',
    });
    raw.write('retry: 2000\n\n');
    const waiting = early;
    early = undefined;
    for (const text of waiting) watcher.send(text);
    timer = setInterval(() => {
      // the newest values alone never fill the buffer of a client that stands still: it is told by what it does not take
      if (!alive) return cut('it takes nothing');
      alive = false;
      raw.write(': still here\n\n', () => {
        alive = true;
      });
    }, PING_MS);
    looks = lookEvery(context, async () => {
      const over = (error: unknown) => error instanceof MusterError && error.code === 'unauthenticated';
      await lookAgain().catch((error) => over(error) && raw.end());
    });
    return reply;
  });
}

/** Of two looks the later one counts: one that began earlier must not end after it. A look that is asked for during another comes once more. */
function oneAfterTheOther(look: () => Promise<void>): () => void {
  let running = false;
  let again = false;
  const run = async () => {
    running = true;
    do {
      again = false;
      await look();
    } while (again);
    running = false;
  };
  return () => {
    if (running) again = true;
    else void run();
  };
}

/** A credential may be over without anybody having done anything: a key's time is looked at often, a session's as it is used. */
const lookEvery = ({ actor }: Context, look: () => Promise<unknown>) =>
  setInterval(() => void look(), actor.kind === 'api-key' ? LOOK_AT_KEY_MS : PING_MS);

/** May what was told change what this one is to see? */
function isConcerned({ actorId, seesAll, followsPlaces }: Watcher, message: BusMessage): boolean {
  switch (message.kind) {
    case 'access.changed':
      return message.of === undefined || message.of === actorId;
    case 'device.changed':
    case 'device.deleted':
      return !seesAll || followsPlaces();
    case 'organization.disabled':
      return true;
    default:
      return false;
  }
}

/** Does nothing that happens to a single device change what this one may see? */
const seesAll = (ctx: Context) => [...ctx.grants.values()].every((scope) => scope === 'everywhere');

const somePlaces = (topics: Iterable<string>) => [...topics].some((topic) => topic.startsWith('place:'));

const logCut = ({ log, id }: FastifyRequest, why: string) =>
  log.warn({ reqId: id }, `a live connection was cut off, for it does not read: ${why}`);

interface Opening extends FastifyRequest {
  lookAgain: LookAgain;
  context: Context;
}

function readRequest(bytes: Buffer): LiveRequest | undefined {
  try {
    const message: unknown = JSON.parse(bytes.toString('utf8'));
    return requestShape.Check(message) ? message : undefined;
  } catch {
    return undefined;
  }
}

/** A page of another site must not open a socket with somebody's ticket. Programs send no Origin. */
function refuseForeignOrigin(request: FastifyRequest): void {
  const { origin, host } = request.headers;
  if (origin === undefined || URL.parse(origin)?.host === host) return;
  throw new MusterError('forbidden', 'This request came from another site.');
}
