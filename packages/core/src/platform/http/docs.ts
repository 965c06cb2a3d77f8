import fastifySwaggerUi, { type FastifySwaggerUiOptions } from '@fastify/swagger-ui';
import { API_PREFIX, routes } from '@muster/contract/routes';
import type { FastifyInstance, FastifyRequest } from 'fastify';

const DOCS = '/api/docs';

/**
 * Serves the description of the API, and a page that shows it.
 * @param guard refuses who may not read it; without one anybody may. The page itself says nothing, and is there for anybody.
 */
export async function serveDocs(
  app: FastifyInstance,
  guard?: (request: FastifyRequest) => Promise<unknown>,
): Promise<void> {
  const onRequest = async (request: FastifyRequest) => void (await guard?.(request));
  app.get(`${API_PREFIX}/openapi.json`, { schema: { hide: true }, onRequest }, async () => app.swagger());
  const described = [`${DOCS}/json`, `${DOCS}/yaml`];
  await app.register(fastifySwaggerUi, {
    routePrefix: DOCS,
    staticCSP: false,
    uiConfig: guard ? { requestInterceptor: interceptor } : {},
    uiHooks: {
      onRequest: async (request: FastifyRequest) => {
        if (described.includes(request.routeOptions.url ?? '')) await onRequest(request);
      },
    } as NonNullable<FastifySwaggerUiOptions['uiHooks']>,
  });
}

type Interceptor = NonNullable<NonNullable<FastifySwaggerUiOptions['uiConfig']>['requestInterceptor']>;

/**
 * Asks for the description as whoever is signed in to the web app in the same browser. The page is given it as text: it runs there, and
 * reaches nothing of this file.
 */
const asSignedIn = `async (request) => {
  if (!request.loadSpec || new URL(request.url, location.href).origin !== location.origin) return request;
  const answer = await fetch('${API_PREFIX}${routes.identity.refresh.path}', { method: 'POST' });
  if (answer.ok) request.headers = { ...request.headers, authorization: 'Bearer ' + (await answer.json()).accessToken };
  return request;
}`;
const interceptor: Interceptor = Object.assign(((request) => request) as Interceptor, { toString: () => asSignedIn });
