import type { Tokens } from '@muster/contract/identity';
import type { RouteDefinition } from '@muster/contract/route';
import { routes } from '@muster/contract/routes';
import { CSV_TYPE } from '@muster/contract/schema';
import type Type from 'typebox';
import { type Access, createAccess } from './access.ts';
import { addressOf } from './address.ts';
import { ApiError, errorOf } from './error.ts';
import { idleSeconds } from './idle.ts';
import { needsStepUp, stepUp } from './step-up.ts';

type Loose<T> = { [K in keyof T]: undefined extends T[K] ? T[K] | undefined : T[K] };
type Part<Name extends string, T> = T extends Type.TSchema
  ? Record<never, never> extends Type.Static<T>
    ? { [K in Name]?: Loose<Type.Static<T>> }
    : { [K in Name]: Loose<Type.Static<T>> }
  : { [K in Name]?: never };

/** What a call of a route takes: its parameters, query and body, and the version it changes. */
export type CallInput<R extends RouteDefinition> = Part<'params', R['params']> &
  Part<'query', R['query']> &
  Part<'body', R['body']> &
  (R extends { versioned: true } ? { ifMatch: number } : { ifMatch?: never }) & {
    /** The same key on a second try: the server does it once and answers the same. */
    idempotencyKey?: string;
    signal?: AbortSignal;
  };

type Arguments<R extends RouteDefinition> =
  Record<never, never> extends CallInput<R> ? [input?: CallInput<R>] : [input: CallInput<R>];

/** What a call of a route answers. */
export type CallResult<R extends RouteDefinition> = R['response'] extends Type.TSchema
  ? Type.Static<R['response']>
  : undefined;

interface LooseInput {
  params?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
  ifMatch?: number;
  idempotencyKey?: string;
  signal?: AbortSignal;
}

const TIMEOUT_MS = 30_000;

const send = async (route: RouteDefinition, input: LooseInput, token: string | null, timeoutMs: number | null) => {
  // letters are written in the language of the pages, not of the browser
  const language = document.documentElement.lang || 'en';
  const headers = new Headers({ 'x-idle-seconds': String(idleSeconds()), 'accept-language': language });
  if (token) headers.set('authorization', `Bearer ${token}`);
  const isFile = input.body instanceof Uint8Array;
  if (input.body !== undefined) headers.set('content-type', isFile ? CSV_TYPE : 'application/json');
  if (input.ifMatch !== undefined) headers.set('if-match', `"${input.ifMatch}"`);
  if (input.idempotencyKey) headers.set('idempotency-key', input.idempotencyKey);
  const signals = [input.signal, timeoutMs === null ? undefined : AbortSignal.timeout(timeoutMs)];
  try {
    return await fetch(addressOf(route, input.params, input.query), {
      method: route.method,
      headers,
      signal: AbortSignal.any(signals.filter((signal) => signal !== undefined)),
      ...(input.body === undefined ? {} : { body: isFile ? (input.body as BodyInit) : JSON.stringify(input.body) }),
    });
  } catch (cause) {
    if (input.signal?.aborted) throw cause;
    throw new ApiError(0, null, { cause });
  }
};

const read = async (response: Response): Promise<unknown> => {
  if (!response.ok) throw await errorOf(response);
  if (response.status === 204) return undefined;
  const text = await response.text();
  return text === '' ? undefined : JSON.parse(text);
};

const endings = new Set<() => void>();

/** Called when a session ended without being asked to. */
export const onSessionEnded = (listener: () => void): (() => void) => {
  endings.add(listener);
  return () => endings.delete(listener);
};

/** The token of whoever is signed in. */
export const access: Access = createAccess({
  refresh: async () => (await read(await send(routes.identity.refresh, {}, null, TIMEOUT_MS))) as Tokens,
  onEnded: () => {
    for (const listener of endings) listener();
  },
});

/** Sends with the token, renews it once where the server no longer takes it. @throws ApiError */
const sendRenewed = async (route: RouteDefinition, input: LooseInput, timeoutMs: number | null): Promise<Response> => {
  const token = access.token();
  const response = await send(route, input, token, timeoutMs);
  if (response.status !== 401 || needsStepUp(response) || token === null) return response;
  // Another call may have renewed it meanwhile.
  const renewed = access.token() === token ? (await access.renew()).accessToken : access.token();
  return send(route, input, renewed, timeoutMs);
};

/** As whoever is signed in, who proves himself anew where the server wants it. @throws ApiError */
const sendSigned = async (route: RouteDefinition, input: LooseInput, timeoutMs: number | null): Promise<Response> => {
  if (route.access === 'public') return send(route, input, null, timeoutMs);
  const response = await sendRenewed(route, input, timeoutMs);
  if (!needsStepUp(response) || !(await stepUp())) return response;
  return send(route, input, access.token(), timeoutMs);
};

/**
 * Calls a route of the contract.
 * @throws ApiError with the server's problem, or with status 0 when there was no answer within 30 s
 */
export const call = async <const R extends RouteDefinition>(
  route: R,
  ...[input]: Arguments<R>
): Promise<CallResult<R>> => {
  const response = await sendSigned(route, (input ?? {}) as LooseInput, TIMEOUT_MS);
  return (await read(response)) as CallResult<R>;
};

/**
 * Opens a streamed answer (an export): the body comes as it is made and may last as long as it needs.
 * @throws ApiError
 */
export const open = async <const R extends RouteDefinition>(route: R, ...[input]: Arguments<R>): Promise<Response> => {
  const response = await sendSigned(route, (input ?? {}) as LooseInput, null);
  if (!response.ok) throw await errorOf(response);
  return response;
};
