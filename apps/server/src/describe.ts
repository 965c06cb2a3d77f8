import { MusterError } from '@muster/core';

/** An error for the person at the terminal: coded ones are a sentence; others are faults of ours and come with their trace. */
export function describe(error: unknown): string {
  if (error instanceof MusterError || error instanceof RangeError) return error.message;
  if ((error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS')) return (error as Error).message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
