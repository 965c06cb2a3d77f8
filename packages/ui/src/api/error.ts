import type { FaultCode, Problem } from '@muster/contract/schema';
import i18next from 'i18next';
import { needsStepUp } from './step-up.ts';

/** A call that did not succeed. `status` 0: there was no answer at all. */
export class ApiError extends Error {
  readonly status: number;
  /** What the server says about it; null when it said nothing readable. */
  readonly problem: Problem | null;
  /** Seconds after which trying again makes sense (429, 503); null: it did not say. */
  readonly retryAfter: number | null;
  /** A sign-in of just now is missing. */
  readonly needsStepUp: boolean;

  constructor(
    status: number,
    problem: Problem | null,
    options: { retryAfter?: number | null; needsStepUp?: boolean; cause?: unknown } = {},
  ) {
    super(problem?.detail ?? `HTTP ${status}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ApiError';
    this.status = status;
    this.problem = problem;
    this.retryAfter = options.retryAfter ?? null;
    this.needsStepUp = options.needsStepUp ?? false;
  }
}

/** Reads what a refused call says about itself. */
export const errorOf = async (response: Response): Promise<ApiError> => {
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  const isProblem = response.headers.get('content-type')?.includes('json') === true;
  const problem = isProblem ? ((await response.json().catch(() => null)) as Problem | null) : null;
  return new ApiError(response.status, problem, {
    retryAfter: Number.isFinite(retryAfter) ? retryAfter : null,
    needsStepUp: needsStepUp(response),
  });
};

const faultAt = (error: unknown, path: string) =>
  error instanceof ApiError ? error.problem?.errors.find((fault) => fault.path === path) : undefined;

/** Does the server say of one of these fields that something is wrong with it? */
export const isAtField = (error: unknown, ...paths: string[]): boolean =>
  paths.some((path) => faultAt(error, path) !== undefined);

/** What the server says is wrong with one field, in the viewer's language where it has a code that is known here; undefined: nothing. */
export const faultOf = (error: unknown, path: string): string | undefined => {
  const fault = faultAt(error, path);
  if (fault?.code === undefined) return fault?.message;
  return i18next.t(`fault.${fault.code}`, { ns: 'error', defaultValue: fault.message, ...fault.params });
};

/** The code of what is wrong with one field; undefined: nothing is, or it has none. */
export const codeOf = (error: unknown, path: string): FaultCode | undefined =>
  faultAt(error, path)?.code as FaultCode | undefined;
