import type { FaultCode } from '@muster/contract/schema';

/**
 * Coded errors: the only errors that verbs throw on purpose. Each transport maps a code once
 * (HTTP: `http/problem.ts`; MQTT: `telemetry/mqtt`), so a verb never knows how it was called.
 */
export type ErrorCode =
  | 'malformed' // 400: the bytes are not what the protocol asks for
  | 'unauthenticated' // 401: no or unknown credential
  | 'step_up' // 401: known, but must sign in again for this (RFC 9470)
  | 'forbidden' // 403: known, but may not
  | 'not_found' // 404: absent, or in another organization: the caller cannot tell which
  | 'conflict' // 409: exists already, or the state does not allow it
  | 'stale' // 412: `If-Match` names another version
  | 'too_large' // 413
  | 'invalid' // 422: well-formed, but breaks a rule
  | 'too_many' // 429: throttled
  | 'unavailable'; // 503: the store is away; try again

/** One fault of an input: where it is (JSON Pointer) and what is wrong with it, in English and, where pages say it, as a code. */
export interface Fault {
  path: string;
  message: string;
  code?: FaultCode;
  /** Figures of the rule that was broken. */
  params?: Record<string, number>;
}

/** An error that a caller may see. `detail` is one plain sentence; `cause` stays in the log. */
export class MusterError extends Error {
  readonly code: ErrorCode;
  readonly faults: Fault[];
  /** Seconds after which trying again makes sense (429, 503). */
  readonly retryAfter: number | undefined;

  constructor(
    code: ErrorCode,
    detail: string,
    options: { cause?: unknown; faults?: Fault[]; retryAfter?: number } = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'MusterError';
    this.code = code;
    this.faults = options.faults ?? [];
    this.retryAfter = options.retryAfter;
  }
}

export const malformed = (detail: string, faults: Fault[] = [], cause?: unknown) =>
  new MusterError('malformed', detail, { faults, cause });
export const unauthenticated = (detail = 'Sign in first.', faults: Fault[] = []) =>
  new MusterError('unauthenticated', detail, { faults });
export const forbidden = (detail = 'You may not do this.') => new MusterError('forbidden', detail);
export const notFound = (what: string) => new MusterError('not_found', `There is no such ${what}.`);
export const conflict = (detail: string, faults: Fault[] = []) => new MusterError('conflict', detail, { faults });
/** Something of this kind is there already. @param path of the field that says which, as a JSON Pointer */
export const taken = (detail: string, path: string) => conflict(detail, [{ path, message: 'is taken', code: 'taken' }]);
export const stale = (what: string) => new MusterError('stale', `The ${what} was changed by somebody else meanwhile.`);
export const invalid = (detail: string, faults: Fault[] = []) => new MusterError('invalid', detail, { faults });
export const tooMany = (detail: string, retryAfter: number) => new MusterError('too_many', detail, { retryAfter });
export const unavailable = (detail: string, retryAfter: number, cause?: unknown) =>
  new MusterError('unavailable', detail, { retryAfter, cause });
