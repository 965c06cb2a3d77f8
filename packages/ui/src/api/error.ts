import type { Problem } from '@muster/contract/schema';
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

/** The fault that the server found in one field, by the field's name at the end of its path; undefined: none. */
export const faultOf = (error: unknown, path: string): string | undefined =>
  error instanceof ApiError ? error.problem?.errors.find((fault) => fault.path === path)?.message : undefined;
