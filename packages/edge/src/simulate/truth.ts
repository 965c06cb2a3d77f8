import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import type { Value } from '@muster/contract/telemetry';

/**
 * The truth file: what simulated devices sent and what was acknowledged to them, so that a test can compare it with
 * what is stored. NDJSON, only ever appended to; five kinds of line, told apart by their first key:
 *
 * - `{"s": deviceId, "o": organization, "boot", "seq", "ts", "values"}`: will be sent. `ts` as the device says it. A
 *   message that is no JSON has `"raw"`, its payload, in place of `values`, and one that must be refused has
 *   `"refused": true`.
 * - `{"r": deviceId, "boot", "seq"}`: will be sent once more on purpose (what is sent again because a connection broke
 *   is not written down).
 * - `{"a": deviceId, "boot", "seq"}`: was acknowledged, written once.
 * - `{"c": deviceId, "o": organization, "id", "name"}`: this command was run; with `"lost"`, nobody hears how it ended.
 * - `{"f": deviceId, "o": organization, "version", "outcome"}`: a desired configuration was `held`, `refused` or `reverted`.
 *
 * `boot` differs between any two devices and any two runs. An `s` line is written in the tick that hands its message to
 * the connection, before it, and reaches the file within {@link FLUSH_MS}, in order: a server that dies can not
 * take it along, only a simulator killed with SIGKILL can (then a message may be stored of which the file does not know).
 * SIGTERM, SIGINT and any other end of the process write what is waiting. Sent but not acknowledged: may be stored or not.
 */
export interface Sent {
  deviceId: string;
  organization: string;
  boot: string;
  seq: number;
  ts: number;
  values?: Readonly<Record<string, Value>>;
  raw?: string;
  refused?: true;
}

/** A command that was run. */
export interface CommandTruth {
  deviceId: string;
  organization: string;
  id: string;
  name: string;
  /** Nobody hears how it ended. */
  lost?: true;
}

/** How a desired configuration ended. */
export interface ConfigurationTruth {
  deviceId: string;
  organization: string;
  version: number;
  outcome: 'held' | 'refused' | 'reverted';
}

export interface Truth {
  sent(message: Sent): void;
  repeated(deviceId: string, boot: string, seq: number): void;
  acknowledged(deviceId: string, boot: string, seq: number): void;
  command(command: CommandTruth): void;
  configuration(configuration: ConfigurationTruth): void;
  /** Writes what is waiting. @throws what the file system says */
  flush(): void;
  close(): void;
}

/** How long a line may wait for its company. */
export const FLUSH_MS = 40;

/**
 * Opens a truth file for appending; a half line left by a killed run is closed first.
 *
 * @param onError is told when writing in the background fails: the truth is then incomplete
 */
export function openTruth(file: string, onError: (error: unknown) => void): Truth {
  const descriptor = openSync(file, 'a+');
  let waiting = endsInHalfLine(descriptor) ? '\n' : '';

  const flush = () => {
    const bytes = Buffer.from(waiting);
    waiting = '';
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
  };
  const timer = setInterval(() => {
    try {
      flush();
    } catch (error) {
      onError(error);
    }
  }, FLUSH_MS);
  remember(flush);

  return {
    sent({ deviceId, organization, ...rest }) {
      waiting += `${JSON.stringify({ s: deviceId, o: organization, ...rest })}\n`;
    },
    repeated(deviceId, boot, seq) {
      waiting += `${JSON.stringify({ r: deviceId, boot, seq })}\n`;
    },
    acknowledged(deviceId, boot, seq) {
      waiting += `${JSON.stringify({ a: deviceId, boot, seq })}\n`;
    },
    command({ deviceId, organization, ...rest }) {
      waiting += `${JSON.stringify({ c: deviceId, o: organization, ...rest })}\n`;
    },
    configuration({ deviceId, organization, ...rest }) {
      waiting += `${JSON.stringify({ f: deviceId, o: organization, ...rest })}\n`;
    },
    flush,
    close() {
      clearInterval(timer);
      forget(flush);
      try {
        flush();
      } finally {
        closeSync(descriptor);
      }
    },
  };
}

/** Keeps no truth. */
export const noTruth: Truth = {
  sent() {},
  repeated() {},
  acknowledged() {},
  command() {},
  configuration() {},
  flush() {},
  close() {},
};

const signals = ['SIGINT', 'SIGTERM'] as const;
/** What open truth files have to do before the process ends. */
const flushes = new Set<() => void>();

const flushAll = () => {
  for (const flush of flushes) flush();
};

/** Somebody else who listens ends the process in his own time; alone, this must not keep it alive. */
function flushAndEnd(signal: NodeJS.Signals): void {
  flushAll();
  if (process.listenerCount(signal) > 1) return;
  process.off(signal, flushAndEnd);
  process.kill(process.pid, signal);
}

function remember(flush: () => void): void {
  if (flushes.size === 0) {
    process.on('exit', flushAll);
    for (const signal of signals) process.on(signal, flushAndEnd);
  }
  flushes.add(flush);
}

function forget(flush: () => void): void {
  flushes.delete(flush);
  if (flushes.size > 0) return;
  process.off('exit', flushAll);
  for (const signal of signals) process.off(signal, flushAndEnd);
}

function endsInHalfLine(descriptor: number): boolean {
  const { size } = fstatSync(descriptor);
  const last = Buffer.alloc(1);
  return size > 0 && readSync(descriptor, last, 0, 1, size - 1) === 1 && last[0] !== 0x0a;
}
