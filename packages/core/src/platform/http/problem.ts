import { STATUS_CODES } from 'node:http';
import type { Problem } from '@muster/contract/schema';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { STEP_UP_SECONDS } from '../context.ts';
import { type ErrorCode, type Fault, MusterError } from '../errors.ts';
import { faultOf } from './schema-fault.ts';

const statuses: Record<ErrorCode, number> = {
  malformed: 400,
  unauthenticated: 401,
  step_up: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  stale: 412,
  too_large: 413,
  invalid: 422,
  too_many: 429,
  unavailable: 503,
};

/** The one mapping of errors to HTTP: RFC 9457. What is not meant for callers stays in the log. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { status, detail, faults, retryAfter } = describe(error);
  reply.header('x-request-id', request.id);
  // whatever keeps us from answering is logged once where it is noticed: a thousand devices that ask meanwhile fill no log
  const known = error instanceof MusterError && error.code === 'unavailable' && error.cause === undefined;
  if (status >= 500 && !known) request.log.error({ err: error }, 'a request failed');
  else request.log.debug({ err: error }, 'a request was refused');
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
  if (status === 401) reply.header('www-authenticate', challengeOf(error));
  const problem: Problem = {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    instance: request.url.split('?', 1)[0] as string,
    requestId: request.id,
    errors: faults,
  };
  reply.code(status).type('application/problem+json').serializer(JSON.stringify).send(problem);
}

/** RFC 6750; RFC 9470 where the credential is right and the sign-in too long ago. */
const challengeOf = (error: unknown): string =>
  error instanceof MusterError && error.code === 'step_up'
    ? `Bearer error="insufficient_user_authentication", error_description="${error.message}", max_age="${STEP_UP_SECONDS}"`
    : 'Bearer';

interface Described {
  status: number;
  detail: string;
  faults: Fault[];
  retryAfter?: number | undefined;
}

function describe(error: unknown): Described {
  if (error instanceof MusterError) {
    return { status: statuses[error.code], detail: error.message, faults: error.faults, retryAfter: error.retryAfter };
  }
  const { validation, validationContext, statusCode, code, message } = error as FastifyError;
  if (validation) {
    const faults = validation.map(faultOf);
    const part = validationContext === 'querystring' ? 'query' : validationContext === 'params' ? 'address' : 'body';
    // the shape of a body is its meaning (422); a query or an address of the wrong form was never well-formed (400)
    return { status: part === 'body' ? 422 : 400, detail: `The ${part} is not right.`, faults };
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return { status: 415, detail: 'Send application/json.', faults: [] };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return { status: 413, detail: 'The body is too large.', faults: [] };
  if (statusCode === 429) return { status: 429, detail: 'Too many requests. Wait a moment.', faults: [] };
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return { status: statusCode, detail: statusCode === 400 ? 'The request is malformed.' : message, faults: [] };
  }
  return { status: 500, detail: 'Something went wrong here. It is in the log under the request id.', faults: [] };
}
