import assert from 'node:assert/strict';
import { API_PREFIX } from '@muster/contract/routes';
import type { Problem } from '@muster/contract/schema';

/** An answer of the server, its body read and, where it is JSON, parsed. */
export interface Answer<T = unknown> {
  /** Method and path, for messages. */
  call: string;
  status: number;
  headers: Headers;
  text: string;
  body: T;
}

export interface CallOptions {
  headers?: Record<string, string>;
  query?: Record<string, string | number | undefined>;
  /** `If-Match` of a versioned resource. */
  version?: number;
}

/** Calls routes of the API as one caller. Paths are those of the contract, below `/api/v1`. */
export interface Api {
  get<T>(path: string, options?: CallOptions): Promise<Answer<T>>;
  /** A string or bytes are sent as they are, anything else as JSON; undefined sends no body. */
  post<T>(path: string, body?: unknown, options?: CallOptions): Promise<Answer<T>>;
  patch<T>(path: string, body: unknown, options?: CallOptions): Promise<Answer<T>>;
  put<T>(path: string, body: unknown, options?: CallOptions): Promise<Answer<T>>;
  delete(path: string, options?: CallOptions): Promise<Answer>;
  /** Any method and any path from the root, with the caller's credential. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

/** @param base address of the server, asked anew at each call: it may have been restarted */
export function createApi(base: () => string, token?: () => string): Api {
  const credential = (): Record<string, string> => (token ? { authorization: `Bearer ${token()}` } : {});

  async function call<T>(method: string, path: string, body: unknown, options: CallOptions = {}): Promise<Answer<T>> {
    const url = new URL(`${API_PREFIX}${path}`, base());
    for (const [name, value] of Object.entries(options.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const raw = typeof body === 'string' || body instanceof Uint8Array;
    const response = await fetch(url, {
      method,
      headers: {
        ...credential(),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(options.version === undefined ? {} : { 'if-match': `"${options.version}"` }),
        ...options.headers,
      },
      ...(body === undefined ? {} : { body: (raw ? body : JSON.stringify(body)) as NonNullable<RequestInit['body']> }),
    });
    const text = await response.text();
    const json = /^application\/(?:problem\+)?json/.test(response.headers.get('content-type') ?? '') && text !== '';
    return {
      call: `${method} ${path}`,
      status: response.status,
      headers: response.headers,
      text,
      body: (json ? JSON.parse(text) : undefined) as T,
    };
  }

  return {
    get: (path, options) => call('GET', path, undefined, options),
    post: (path, body, options) => call('POST', path, body, options),
    patch: (path, body, options) => call('PATCH', path, body, options),
    put: (path, body, options) => call('PUT', path, body, options),
    delete: (path, options) => call('DELETE', path, undefined, options),
    fetch: (path, init = {}) =>
      fetch(new URL(path, base()), { ...init, headers: { ...credential(), ...(init.headers as object) } }),
  };
}

/** The body of a success. @throws AssertionError that shows the answer when it is none */
export async function bodyOf<T>(answer: Promise<Answer<T>> | Answer<T>, status?: number): Promise<T> {
  const { call, status: is, text, body } = await answer;
  assert.ok(
    status === undefined ? is >= 200 && is < 300 : is === status,
    `${call} answered ${is}: ${text.slice(0, 500)}`,
  );
  return body;
}

/** The problem of a refusal, after a look at its shape: RFC 9457, and the request's id in body and header alike. */
export async function problemOf(answer: Promise<Answer> | Answer, status: number): Promise<Problem> {
  const { call, status: is, headers, text, body } = await answer;
  assert.equal(is, status, `${call} answered ${is}: ${text.slice(0, 500)}`);
  assert.match(headers.get('content-type') ?? '', /^application\/problem\+json/, call);
  const problem = body as Problem;
  assert.deepEqual(
    Object.keys(problem).sort(),
    ['detail', 'errors', 'instance', 'requestId', 'status', 'title', 'type'],
    text,
  );
  assert.equal(problem.status, status);
  assert.ok(problem.title.length > 0 && problem.detail.length > 0, text);
  assert.match(problem.requestId, /^[0-9a-f-]{36}$/);
  assert.equal(headers.get('x-request-id'), problem.requestId);
  return problem;
}
