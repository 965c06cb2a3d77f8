import { MusterError } from '../../errors.ts';

/** What PostgreSQL's messages are handed to: the part of a pino logger that the supervisor uses. */
export interface EmbeddedLog {
  info(fields: object, msg: string): void;
  warn(fields: object, msg: string): void;
  error(fields: object, msg: string): void;
}

/** The way out when the embedded server cannot be had. */
export const OUTSIDE = 'or set MUSTER_DATABASE_URL to a PostgreSQL 16+ of your own';

const reasons: [pattern: RegExp, reason: string][] = [
  [/ENOSPC|EDQUOT|No space left on device|Disk quota exceeded/i, 'the disk is full. Free some space'],
  [/EROFS|Read-only file system/i, 'the file system is read-only. Set MUSTER_DATA_DIR to a writable directory'],
  [
    /EACCES|EPERM|Permission denied|Operation not permitted/i,
    'access is denied. Start Muster as the user who owns it, or set MUSTER_DATA_DIR to a directory of your own',
  ],
];

/** Says of a failure in `directory` what it was and what helps; a MusterError passes as it is. */
export function explain(cause: unknown, what: string, directory: string): MusterError {
  if (cause instanceof MusterError) return cause;
  const message = saidBy(cause);
  const reason = reasons.find(([pattern]) => pattern.test(message))?.[1] ?? `${message}. See the log`;
  return new MusterError('unavailable', `${what} in ${directory}: ${reason}, ${OUTSIDE}.`, { cause });
}

/** What a failed program wrote, or the error's message. */
export function saidBy(cause: unknown): string {
  const { stderr, message } = cause as { stderr?: unknown; message?: unknown };
  return String(stderr || message || cause).trim();
}
