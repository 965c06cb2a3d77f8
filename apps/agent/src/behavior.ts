import type { CommandHandler } from '@muster/edge/commands/inbox';
import type { Configuration } from '@muster/edge/configuration/store';
import type { Log } from './log.ts';

export const DEFAULT_INTERVAL_MS = 10_000;
const LEAST_INTERVAL_MS = 1000;
const MOST_INTERVAL_MS = 600_000;
const MOST_LINES = 1000;
/** A packet holds 256 KiB. */
const MOST_LOG_BYTES = 60 * 1024;

const isWhole = (value: unknown, least: number, most: number): value is number =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most;

/** Why this computer can not hold a configuration; undefined: it can. */
export function check(configuration: Configuration): string | undefined {
  const { intervalMs = DEFAULT_INTERVAL_MS, ...rest } = configuration;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) return `"${unknown}" is not known to this agent`;
  return isWhole(intervalMs, LEAST_INTERVAL_MS, MOST_INTERVAL_MS)
    ? undefined
    : `intervalMs must be a whole number from ${LEAST_INTERVAL_MS} to ${MOST_INTERVAL_MS}`;
}

/** ms between two messages. */
export const intervalOf = ({ intervalMs = DEFAULT_INTERVAL_MS }: Configuration): number => intervalMs as number;

/** What the agent can be told to do: nothing that changes this computer, and nothing that runs a program. */
export function commandsOf(log: Log): Record<string, CommandHandler> {
  return {
    ping: { isIdempotent: true, run: () => ({ pong: true }) },
    'collect-log': {
      isIdempotent: true,
      run(params) {
        const { lines = 100 } = (params ?? {}) as { lines?: unknown };
        if (!isWhole(lines, 1, MOST_LINES)) throw new Error(`lines must be a whole number from 1 to ${MOST_LINES}`);
        return { lines: log.newest(lines, MOST_LOG_BYTES) };
      },
    },
  };
}
