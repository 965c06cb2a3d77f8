import type { CommandResult } from '@muster/contract/commands';
import { API_PREFIX, routes } from '@muster/contract/routes';
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { MusterError, tooMany, unauthenticated, unavailable } from '../platform/errors.ts';
import { type Authenticate, createBinder } from '../platform/http/bind.ts';
import { answerError } from '../platform/http/problem.ts';
import type { Channel, Outcome, Telemetry } from '../telemetry/index.ts';
import type { Presence } from './presence.ts';
import type { FleetDevice, Registry } from './registry.ts';

export interface DeviceApiDeps {
  registry: Registry;
  telemetry: Telemetry;
  presence: Presence;
  /** What waits for a device, and what it says of it. */
  commands: DeviceCommands;
}

/** Commands as a device that comes over HTTP sees them. */
export interface DeviceCommands {
  fetch(
    device: FleetDevice,
    waitMs: number,
    over: AbortSignal,
  ): Promise<{ id: string; name: string; params: Record<string, unknown>; expiresAt: string }[]>;
  report(device: FleetDevice, id: string, said: CommandResult): Promise<void>;
}

/** Calls of one address in a minute that no device's token comes with. Devices behind the same address are not counted. */
const REFUSED_PER_MINUTE = 120;
/** A device is answered by then; what it sent is kept, and may be stored later. */
const ANSWER_MS = 25_000;

interface Known extends FastifyRequest {
  device: FleetDevice;
  channel: Channel;
}
type Caller = FastifyRequest & Partial<Known>;

/** What devices say over HTTP. Bodies of what they measure go unread to the same ingest as MQTT payloads, and are answered after their commit. */
export async function bindDeviceApi(
  app: FastifyInstance,
  { registry, telemetry, presence, commands }: DeviceApiDeps,
): Promise<void> {
  const countRefused = app.createRateLimit({ max: REFUSED_PER_MINUTE, timeWindow: '1 minute' });

  /** Before a byte of the body is read. */
  const authenticate: Authenticate = async (request) => {
    const token = /^Bearer (md_[A-Za-z0-9_-]{20,100})$/.exec(request.headers.authorization ?? '')?.[1];
    const device = token && (await registry.findByToken(token));
    if (device) {
      Object.assign(request, { device, channel: await telemetry.channels.open(device) } satisfies Omit<
        Known,
        keyof FastifyRequest
      >);
      return undefined;
    }
    const refused = await countRefused(request);
    if (!refused.isAllowed && refused.isExceeded)
      throw tooMany('Too many calls without a device token. Wait a moment.', refused.ttlInSeconds);
    throw unauthenticated('Send a device token: Authorization: Bearer md_…');
  };

  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
    const bind = createBinder(scope, authenticate);
    const { deviceApi } = routes;

    // refused before a handler sees it; whoever installs the device sees it in the list, as over MQTT
    scope.setErrorHandler((error, request, reply) => {
      if ((error as FastifyError).code === 'FST_ERR_CTP_BODY_TOO_LARGE') listTooLarge(request);
      answerError(error, request, reply);
    });

    bind(deviceApi.telemetry, async ({ body, request }) => {
      const { channel } = request as Known;
      presence.heard(channel);
      return answer((done) => telemetry.ingest.publish(channel, bytesOf(body), '/device/telemetry', done));
    });
    bind(deviceApi.events, async ({ body, request }) => {
      const { channel } = request as Known;
      presence.heard(channel);
      return answer((done) => telemetry.ingest.publishEvent(channel, bytesOf(body), '/device/events', done));
    });
    bind(deviceApi.heartbeat, async ({ request }) => {
      presence.heard((request as Known).channel);
      return undefined;
    });
  });

  const bind = createBinder(app, authenticate);
  bind(routes.deviceApi.commands, async ({ query, request, reply }) => {
    const { device, channel } = request as Known;
    presence.heard(channel);
    const over = new AbortController();
    reply.raw.once('close', () => over.abort());
    return { items: await commands.fetch(device, query.waitMs ?? 0, over.signal) };
  });
  bind(routes.deviceApi.commandResult, async ({ params, body, request }) => {
    const { device, channel } = request as Known;
    presence.heard(channel);
    await commands.report(device, params.id, body);
    return undefined;
  });

  function listTooLarge(request: FastifyRequest): void {
    const { headers, url, routeOptions } = request;
    const { channel } = request as Caller;
    if (!channel) return;
    const detail = `A body has at most ${routeOptions.bodyLimit} bytes, this one ${headers['content-length'] ?? 'more'}.`;
    const topic = url.slice(API_PREFIX.length);
    telemetry.ingest.refuse(channel, { reason: 'too_large', detail }, topic, Buffer.alloc(0), () => undefined);
  }

  /** @throws MusterError `unavailable` while the store is away: send it again, with its number it is stored once */
  async function answer(publish: (done: (outcome: Outcome) => void) => void) {
    if (telemetry.away || telemetry.pressure.full) throw unavailable('The store is away. Send it again.', 2);
    const outcome = await new Promise<Outcome>((resolve, reject) => {
      const late = () => reject(unavailable('The store does not answer. Send it again.', 2));
      const timer = setTimeout(late, ANSWER_MS);
      publish((result) => {
        clearTimeout(timer);
        resolve(result);
      });
    });
    const { refusal, accepted, duplicates } = outcome;
    if (!refusal) return { accepted, duplicates };
    const malformed = refusal.reason === 'malformed_json' || refusal.reason === 'invalid_encoding';
    throw new MusterError(malformed ? 'malformed' : 'invalid', refusal.detail, {
      faults: [{ path: '', message: refusal.reason }],
    });
  }
}

const bytesOf = (body: unknown): Buffer => (Buffer.isBuffer(body) ? body : Buffer.alloc(0));
