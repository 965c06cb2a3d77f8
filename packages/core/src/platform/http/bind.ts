import type { RouteDefinition } from '@muster/contract/route';
import { API_PREFIX } from '@muster/contract/routes';
import { Problem } from '@muster/contract/schema';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type Type from 'typebox';
import { type Context, requireRecentProof } from '../context.ts';
import { MusterError, malformed } from '../errors.ts';
import type { Refusals } from '../refusals.ts';

type Of<T> = T extends Type.TSchema ? Type.Static<T> : undefined;

/** What a handler is given: everything checked by the route's schemas. */
export interface Call<R extends RouteDefinition> {
  ctx: R['access'] extends 'public' | 'device' | 'ticket' | 'metrics' ? undefined : Context;
  params: Of<R['params']>;
  query: Of<R['query']>;
  body: Of<R['body']>;
  /** The version that `If-Match` names; of versioned routes. */
  version: number;
  request: FastifyRequest;
  reply: FastifyReply;
}

/** How the transport finds out who calls. Throws `unauthenticated` or `forbidden`. */
export type Authenticate = (
  request: FastifyRequest,
  access: RouteDefinition['access'],
  /** Hears who calls before it is asked whether he may. */
  known?: (ctx: Context) => void,
) => Promise<Context | undefined>;

// biome-ignore lint/suspicious/noConfusingVoidType: a verb that answers nothing is a promise of void
type Answer<R extends RouteDefinition> = Of<R['response']> | FastifyReply | undefined | void;

/** Ties handlers to routes of the contract; a route is bound once, with its access, or the server does not start. */
export type Binder = <R extends RouteDefinition>(route: R, handler: (call: Call<R>) => Promise<Answer<R>>) => void;

/** Requests of one address in a minute to routes that anybody may call. */
const PUBLIC_PER_MINUTE = 300;

export function createBinder(app: FastifyInstance, authenticate: Authenticate, refusals?: Refusals): Binder {
  return (route, handler) => {
    const { access, status = route.response || route.produces ? 200 : 204 } = route;
    /** What is refused to somebody known stands in the audit trail (SEC-L2). */
    const noting = async <T>(request: FastifyRequest, work: () => Promise<T>): Promise<T> => {
      try {
        return await work();
      } catch (error) {
        const { context } = request as Caller;
        if (context && refusals && error instanceof MusterError && isRefusal(error)) {
          const path = request.url.split('?', 1)[0]?.slice(0, 300);
          const object = `${route.method} ${route.path}`;
          await refusals.note(context, { action: 'access.refused', object, details: { path, why: error.message } });
        }
        throw error;
      }
    };
    app.route({
      method: route.method,
      url: `${API_PREFIX}${route.path}`,
      schema: schemaOf(route, status),
      ...(route.bodyLimit === undefined ? {} : { bodyLimit: route.bodyLimit }),
      ...(access === 'public' ? { config: { rateLimit: { max: PUBLIC_PER_MINUTE, timeWindow: '1 minute' } } } : {}),
      onRequest: (request) => {
        const known = (ctx: Context) => {
          (request as Caller).context = ctx;
        };
        return noting(request, async () => {
          const ctx = await authenticate(request, access, known);
          if (route.stepUp && ctx) requireRecentProof(ctx);
        });
      },
      handler: async (request, reply) => {
        const version = route.versioned ? readIfMatch(request) : 0;
        const call = {
          ctx: (request as Caller).context as never,
          params: request.params as never,
          query: request.query as never,
          body: request.body as never,
          version,
          request,
          reply,
        };
        const result = await noting(request, () => handler(call));
        if (reply.sent || result === reply) return reply;
        reply.code(status);
        const newVersion = (result as { version?: unknown } | undefined)?.version;
        if (typeof newVersion === 'number') reply.header('etag', `"${newVersion}"`);
        return result;
      },
    });
  };
}

/** Something was not allowed, or who asked for it did not prove who he is. */
const isRefusal = ({ code, faults }: MusterError) =>
  code === 'forbidden' || faults.some((fault) => fault.code === 'password-wrong' || fault.code === 'code-wrong');

type Caller = FastifyRequest & { context?: Context | undefined };

/** What the route says of itself: checked by it, and described by it in OpenAPI. */
function schemaOf(route: RouteDefinition, status: number) {
  const { access, params, query, body } = route;
  const headers = headersOf(route);
  return {
    summary: route.summary,
    tags: [route.tag],
    ...describe(route),
    ...(access === 'public' ? {} : { security: [{ bearer: [] }] }),
    ...(params ? { params } : {}),
    ...(query ? { querystring: query } : {}),
    ...(body ? { body } : {}),
    ...consumes(body),
    ...(headers ? { headers } : {}),
    response: { [status]: answerOf(route), default: problemAnswer },
  };
}

/** A body that is a file is sent as what it is. */
const consumes = (body: RouteDefinition['body']) => {
  const type = (body as { contentMediaType?: string } | undefined)?.contentMediaType;
  return type ? { consumes: [type] } : {};
};

function describe({ access, stepUp }: RouteDefinition): { description?: string } {
  const needs = [
    ...(typeof access === 'object' ? [`Needs the permission \`${access.permission}\`.`] : []),
    ...(stepUp ? ['A person must have signed in within the last 15 minutes (RFC 9470).'] : []),
  ];
  return needs.length > 0 ? { description: needs.join(' ') } : {};
}

/** Described only: whoever reads a header says better than a schema what is wrong with it. */
function headersOf({ method, access, versioned }: RouteDefinition) {
  if (versioned) {
    const match = { type: 'string', description: 'The version that you changed, as in "3"; another one answers 412.' };
    return { type: 'object', properties: { 'If-Match': match }, required: ['If-Match'] };
  }
  if (method !== 'POST' || (access !== 'user' && access !== 'enrollment' && typeof access !== 'object'))
    return undefined;
  const key = { type: 'string', description: 'Repeated within 24 hours, the first answer is given again.' };
  return { type: 'object', properties: { 'Idempotency-Key': key } };
}

function answerOf({ response, produces }: RouteDefinition) {
  if (response) return { ...response, description: 'Done' };
  if (!produces) return { type: 'null', description: 'Done' };
  const content = Object.fromEntries(produces.map((type) => [type, { schema: { type: 'string' } }]));
  return { description: 'A stream', content };
}

const problemAnswer = { description: 'Why not', content: { 'application/problem+json': { schema: Problem } } };

/** @throws MusterError `malformed` unless the header names a version */
function readIfMatch(request: FastifyRequest): number {
  const match = /^"(\d{1,9})"$/.exec(request.headers['if-match'] ?? '');
  if (match) return Number(match[1]);
  const message = 'must name the version you changed, as in "3"';
  throw malformed('The header If-Match is missing, or names no version.', [{ path: '/headers/if-match', message }]);
}
