import fastifyCookie from '@fastify/cookie';
import fastifyRateLimit from '@fastify/rate-limit';
import fastifySwagger from '@fastify/swagger';
import fastifyWebsocket from '@fastify/websocket';
import { API_PREFIX } from '@muster/contract/routes';
import { CSV_TYPE } from '@muster/contract/schema';
import { Ajv, type Options } from 'ajv';
import formats from 'ajv-formats';
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
} from 'fastify';
import { malformed } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Certificate } from '../tls/authority.ts';
import { newId } from '../uuid.ts';
import { isOfApi, securityHeaders, unkept } from './headers.ts';
import { answerError } from './problem.ts';
import { answerClientError, answerOutside, writeRaw } from './unparsed.ts';

/** Nobody waits for ever (safety.md REL-7: these default to none). */
const TIMEOUTS = {
  requestTimeout: 30_000,
  connectionTimeout: 75_000,
  keepAliveTimeout: 65_000,
};
const PARSER = {
  headersTimeout: 10_000,
  // the interval in which timeouts are looked at is half a minute otherwise
  connectionsCheckingInterval: 2000,
  // what is missing is said by us, with our headers
  requireHostHeader: false,
};
const BODY_BYTES = 64 * 1024;
const MAXIMUM_CONNECTIONS = 20_000;

export interface HttpOptions {
  /** Whose `X-Forwarded-For` says who calls. */
  trustedProxies: readonly string[];
  /** Serves HTTPS with it. */
  certificate?: Certificate;
  /** People come with HTTPS, to this server or to a proxy before it: browsers shall not try anything else. */
  isSecure: boolean;
}

/** The HTTP server without routes: validation, errors, headers, OpenAPI. */
export async function createHttpApp(
  log: Log,
  version: string,
  { trustedProxies, certificate, isSecure }: HttpOptions,
): Promise<FastifyInstance> {
  const app = fastify({
    ...(certificate
      ? { https: { ...PARSER, ...certificate, minVersion: 'TLSv1.2', handshakeTimeout: 10_000 } }
      : { http: PARSER }),
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => newId(),
    bodyLimit: BODY_BYTES,
    // who calls through them is told by X-Forwarded-For; from anybody else the header is nothing but text
    ...(trustedProxies.length > 0 ? { trustProxy: [...trustedProxies] } : {}),
    // an address that is none: no hook sees it
    frameworkErrors: (error, request, reply) => {
      protect(request, reply);
      answerError(error, request, reply);
    },
    clientErrorHandler: answerClientError,
    ...TIMEOUTS,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: false },
  });
  app.server.maxConnections = MAXIMUM_CONNECTIONS;
  app.setValidatorCompiler(({ schema, httpPart }) => {
    // headers are described by a schema and checked by who reads them
    if (httpPart === 'headers') return () => true;
    if (isFile(schema)) return (body: unknown) => Buffer.isBuffer(body) || { error: wrongType(CSV_TYPE) };
    return (httpPart === 'body' ? strict : coercing).compile(schema);
  });
  // views are built field by field; a serializer made of the schema fails on tuples and is slower on long series
  app.setSerializerCompiler(() => JSON.stringify);
  app.setErrorHandler(answerError);
  // plain text is what a form of another site can send (SEC-S2)
  app.removeContentTypeParser('text/plain');
  app.addContentTypeParser(CSV_TYPE, { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    // bytes where an object is asked for would be taken for one with as many fields
    if (!isFile(request.routeOptions.schema?.body)) throw wrongType('application/json');
    return body;
  });
  answerOutside(app.server);
  /** At the beginning: also whoever writes an answer past Fastify finds them at the reply. */
  function protect(request: FastifyRequest, reply: FastifyReply): void {
    reply.headers(securityHeaders).header('x-request-id', request.id);
    // other programs on a developer's machine share the name localhost, and do without TLS
    if (isSecure && request.host !== undefined && request.hostname !== 'localhost')
      reply.header('strict-transport-security', 'max-age=31536000');
    if (isOfApi(request.url)) reply.headers(unkept);
  }
  app.addHook('onRequest', async (request, reply) => {
    protect(request, reply);
    // RFC 9112 3.2
    if (request.raw.httpVersion === '1.1' && request.raw.headers.host === undefined)
      throw malformed('The header Host is missing.');
  });
  // what serves files has an opinion of its own of how long they are kept
  app.addHook('onSend', async (request, reply) => {
    if (isOfApi(request.url)) reply.headers(unkept);
  });
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions } = request;
    request.log.debug(
      { method, route: routeOptions.url, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'request',
    );
  });
  await app.register(fastifyCookie);
  await app.register(fastifyRateLimit, { global: false });
  await app.register(fastifyWebsocket, { options: { maxPayload: 64 * 1024, perMessageDeflate: false } });
  app.websocketServer.on('wsClientError', (_, socket) => writeRaw(socket, 400, 'This is no WebSocket handshake.'));
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Muster', version, description: 'One control plane for fleets of devices.' },
      servers: [{ url: API_PREFIX }],
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    },
    stripBasePath: true,
    hideUntagged: true,
  });
  return app;
}

/** Does the route take a file as its body? */
const isFile = (schema: unknown): boolean =>
  (schema as { contentMediaType?: string } | undefined)?.contentMediaType === CSV_TYPE;

const wrongType = (wanted: string) => Object.assign(new Error(`Send ${wanted}.`), { statusCode: 415 });

const common: Options = { allErrors: false, removeAdditional: false, useDefaults: true, strict: false };
const strict = withFormats(new Ajv({ ...common, coerceTypes: false, allErrors: true }));
/** Queries and addresses are text: numbers in them are read as numbers. */
const coercing = withFormats(new Ajv({ ...common, coerceTypes: true }));

function withFormats(ajv: Ajv): Ajv {
  (formats as unknown as (ajv: Ajv) => void)(ajv);
  return ajv;
}
