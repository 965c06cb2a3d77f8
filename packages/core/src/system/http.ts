import { routes } from '@muster/contract/routes';
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import type { LiveState } from '../devices/index.ts';
import type { Db } from '../platform/db/store.ts';
import { MusterError } from '../platform/errors.ts';
import type { Authenticate, Binder } from '../platform/http/bind.ts';
import type { Health } from './health.ts';
import type { createInstallationReader } from './installation.ts';
import { readOverview } from './overview.ts';

export interface SystemDeps {
  db: Db;
  live: LiveState;
  health: Health;
  metrics: Registry;
  authenticate: Authenticate;
  readInstallation: ReturnType<typeof createInstallationReader>;
  urls(): { http: string; mqtt: string };
}

export function bindSystem(
  app: FastifyInstance,
  bind: Binder,
  { db, live, health, metrics, authenticate, readInstallation, urls }: SystemDeps,
): void {
  const { system } = routes;
  const ready = () => {
    if (!health.ready())
      throw new MusterError('unavailable', 'Not ready: the store or the broker is away.', { retryAfter: 2 });
    return { status: 'ready' };
  };

  bind(system.overview, ({ ctx, query }) => readOverview(db, ctx, query.placeId, live));
  bind(system.installation, ({ ctx }) => readInstallation(ctx));
  bind(system.addresses, async () => ({ mqtt: { url: urls().mqtt }, http: { url: urls().http } }));
  bind(system.live, async () => ({ status: 'live' }));
  bind(system.ready, async () => ready());
  bind(system.health, async () => {
    const components = health.components();
    const worst = ['down', 'degraded'].find((status) => Object.values(components).some((one) => one.status === status));
    return { status: worst ?? 'up', components };
  });
  bind(system.metrics, async ({ reply }) => reply.type(metrics.contentType).send(await metrics.metrics()));

  // orchestrators and Prometheus look at the root
  app.get('/health/live', async () => ({ status: 'live' }));
  app.get('/health/ready', async () => ready());
  app.route({
    method: 'GET',
    url: '/metrics',
    onRequest: async (request) => void (await authenticate(request, 'metrics')),
    handler: async (_, reply) => reply.type(metrics.contentType).send(await metrics.metrics()),
  });
  app.get('/health', async (_, reply) => reply.redirect('/api/v1/health'));
}
