import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { MusterError } from '../../errors.ts';
import type { Cluster } from './cluster.ts';
import { onFooting } from './footing.ts';
import { type Messages, readMessages } from './messages.ts';
import { readPidFile } from './pid-file.ts';
import { startOf } from './processes.ts';

/** PostgreSQL's first process. */
export interface Postmaster {
  pid: number;
  /** See `startOf`; tells it from a later process of the same number. */
  started: string;
  /** Settles when it is gone, with how it ended. */
  exited: Promise<string>;
  messages: Messages;
}

/** How often an adopted process, which the system does not report to us, is looked at. */
const LOOK_MS = 250;
/** Replaying 2 GB of log after a crash takes a minute on a slow disk. */
const PATIENCE_MS = 15 * 60_000;

/** Starts PostgreSQL in a session of its own: Ctrl-C in a terminal is for the server, which then stops it in order. */
export async function launch(cluster: Cluster): Promise<Postmaster> {
  const messages = readMessages(cluster.layout.messages, cluster.log, cluster.connection.password);
  const [file, args, options] = onFooting(cluster.footing, cluster.postgres, cluster.args);
  const child = spawn(file, args, { ...options, detached: true, stdio: ['ignore', 'ignore', messages.writer] });
  messages.closeWriter();
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
  });
  if (child.pid === undefined) {
    messages.close();
    throw new MusterError('unavailable', `PostgreSQL did not start: ${await exited}.`);
  }
  return { pid: child.pid, started: startOf(child.pid) ?? '', exited, messages };
}

/** Takes a running process that is not our child under supervision. */
export function attach(cluster: Cluster, pid: number, started: string): Postmaster {
  const messages = readMessages(cluster.layout.messages, cluster.log, cluster.connection.password);
  messages.closeWriter();
  const exited = (async () => {
    while (startOf(pid) === started) await sleep(LOOK_MS, undefined, { ref: false });
    return 'it was not our child, so its exit code is unknown';
  })();
  return { pid, started, exited, messages };
}

/**
 * Waits until it accepts connections.
 * @throws MusterError `unavailable` with its last words when it ends before, or begins to stop.
 */
export async function ready(cluster: Cluster, postmaster: Postmaster): Promise<void> {
  let end: string | undefined;
  void postmaster.exited.then((how) => {
    end = how;
  });
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(10)) {
    const file = readPidFile(cluster.layout);
    const state = file?.pid === postmaster.pid ? file.state : undefined;
    if (end === undefined && state === 'ready') return;
    if (end !== undefined || state === 'stopping') break;
  }
  // its last line may still be on its way
  if (end !== undefined) await Promise.race([postmaster.messages.ended, sleep(300)]);
  const words = postmaster.messages.lastWords();
  throw new MusterError('unavailable', `PostgreSQL did not start: ${words ?? end ?? 'it takes too long'}.`);
}

/** Sends a signal to exactly this process. */
export function signal(postmaster: Postmaster, name: 'SIGINT' | 'SIGQUIT' | 'SIGKILL'): void {
  if (startOf(postmaster.pid) !== postmaster.started) return;
  try {
    process.kill(postmaster.pid, name);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ESRCH') return;
    throw new MusterError('conflict', `Process ${postmaster.pid}, a PostgreSQL of another user, uses this database.`, {
      cause,
    });
  }
}
