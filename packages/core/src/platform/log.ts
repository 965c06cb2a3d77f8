import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';

export type Log = Logger;

/** Header and body fields that never reach a log (SEC-I10). */
const secrets = ['authorization', 'cookie', 'password', 'token', 'ticket', 'setupToken', 'accessToken', 'refreshToken'];

/** JSON logs, one object a line, secrets removed. @param to default: standard output */
export function createLog(level: string, to: DestinationStream = pino.destination(1)): Log {
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: viewError },
    redact: { paths: [...secrets, ...secrets.map((name) => `*.${name}`)], censor: '[removed]' },
  };
  return pino(options, to);
}

/** What an error says. Whatever else hangs on it stays out: a lost database connection carries the whole client, with its keys. */
function viewError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name: type, message, stack, code, cause } = error as Error & { code?: unknown };
  return { type, message, code, stack, ...(cause === undefined ? {} : { cause: viewError(cause) }) };
}
