import { closeSync, constants, openSync } from 'node:fs';
import { lstat, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import type { EmbeddedLog } from './faults.ts';
import { type Footing, runOn } from './footing.ts';

/** The end of the pipe that PostgreSQL writes its messages into, and what came out of it. */
export interface Messages {
  /** For the child's standard error. */
  writer: number;
  /** Gives the writing end away, once the child has its own. */
  closeWriter(): void;
  /** Settles when no process of PostgreSQL holds the pipe any more. */
  ended: Promise<void>;
  /** The last complaint that ended a process; says why a start failed. */
  lastWords(): string | undefined;
  /** Reads no further. */
  close(): void;
}

/** A line is cut there: PostgreSQL may be asked to log anything. */
const LONGEST = 16_384;

const LINE = /^(\d+) (\w{5}) (.*?): ([A-Z]+\d?): {2}(.*)$/s;

/** Makes the pipe that outlives this process: an adopted PostgreSQL goes on writing into it. */
export async function makePipe(path: string, footing: Footing): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isFIFO()) return;
  await rm(path, { recursive: true, force: true });
  await runOn(footing, 'mkfifo', ['-m', '600', path]);
}

/** Opens the pipe and hands its lines to the log; `secret` never gets there. */
export function readMessages(path: string, log: EmbeddedLog, secret: string): Messages {
  const { O_RDONLY, O_WRONLY, O_NONBLOCK, O_NOFOLLOW } = constants;
  // without a writer the reader would be at the end at once; while a reader is there the writer opens without waiting
  const reader = openSync(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
  const writer = openSync(path, O_WRONLY | O_NOFOLLOW);
  const socket = new Socket({ fd: reader, readable: true, writable: false });
  let rest = '';
  let last: string | undefined;
  const hand = (line: string) => {
    last = forward(line.slice(0, LONGEST).replaceAll(secret, '[removed]'), log) ?? last;
  };
  socket.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = (lines.pop() ?? '').slice(0, LONGEST);
    for (const line of lines) if (line !== '') hand(line);
  });
  const ended = new Promise<void>((resolve) => {
    socket.once('close', () => resolve()).on('error', () => undefined);
  });
  const closeWriter = () => closeSync(writer);
  return { writer, closeWriter, ended, lastWords: () => last, close: () => socket.destroy() };
}

/** @returns the message when a process ended over it. */
function forward(line: string, log: EmbeddedLog): string | undefined {
  const [, pid, code, kind, severity, message] = LINE.exec(line) ?? [];
  if (severity === undefined || message === undefined) {
    log.warn({ component: 'postgresql' }, line.trim());
    return line.trim();
  }
  const fields = { component: 'postgresql', process: kind, pid: Number(pid), ...(code === '00000' ? {} : { code }) };
  log[levelOf(severity, code, kind)](fields, message);
  return severity === 'FATAL' || severity === 'PANIC' ? message : undefined;
}

function levelOf(severity: string, code: string | undefined, kind: string | undefined): keyof EmbeddedLog {
  // 57P01: told to stop, 57P03: not ready yet; both belong to every start and stop
  if (severity === 'PANIC' || (severity === 'FATAL' && !/^57P0[13]$/.test(code ?? ''))) return 'error';
  // a client hears of its own errors
  if (severity === 'ERROR') return kind === 'client backend' ? 'warn' : 'error';
  return severity === 'WARNING' ? 'warn' : 'info';
}
