import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { MusterError } from '../../errors.ts';
import type { Cluster } from './cluster.ts';
import { end, endLeftovers } from './end.ts';
import { greet } from './greet.ts';
import { takeOver } from './orphan.ts';
import { clearWay } from './pid-file.ts';
import { launch, type Postmaster, ready } from './postmaster.ts';
import { startWatchdog } from './watchdog.ts';

/** PostgreSQL as it is kept running. */
export interface Supervision {
  adopted: boolean;
  pid(): number | undefined;
  on(event: 'down' | 'up', listener: () => void): void;
  stop(): Promise<void>;
}

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;
/** One that ran so long did not fail at its start: the next delay is the first again. */
const SETTLED_MS = 10_000;
/** How often a start is tried while processes of a killed postmaster hold its memory. */
const HELD_ATTEMPTS = 10;

/** Starts PostgreSQL, or adopts the one that runs, and keeps it running until `stop`. */
export async function supervise(cluster: Cluster): Promise<Supervision> {
  const { log } = cluster;
  const events = new EventEmitter();
  const stopping = new AbortController();
  const orphan = await takeOver(cluster);
  const watchdog = startWatchdog(cluster);
  let current: Postmaster | undefined;

  const take = (postmaster: Postmaster | undefined) => {
    current = postmaster;
    watchdog.guard(postmaster);
  };

  async function bringUp(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      stopping.signal.throwIfAborted();
      clearWay(cluster.layout, cluster.connection.host);
      const postmaster = await launch(cluster);
      take(postmaster);
      try {
        await ready(cluster, postmaster);
        return await greet(cluster);
      } catch (error) {
        await end(cluster, postmaster);
        take(undefined);
        const held = /pre-existing shared memory block/.test(postmaster.messages.lastWords() ?? '');
        if (!held || attempt === HELD_ATTEMPTS) throw error;
        await sleep(FIRST_DELAY_MS * attempt);
      }
    }
  }

  async function keepUp(): Promise<void> {
    let delay = FIRST_DELAY_MS;
    let since = Date.now();
    while (current) {
      const postmaster = current;
      const how = await postmaster.exited;
      if (stopping.signal.aborted) return;
      take(undefined);
      log.error({ pid: postmaster.pid, how }, 'PostgreSQL ended by itself; starting it again');
      events.emit('down');
      await endLeftovers(cluster, postmaster);
      postmaster.messages.close();
      if (Date.now() - since > SETTLED_MS) delay = FIRST_DELAY_MS;
      while (!current) {
        try {
          await sleep(delay, undefined, { signal: stopping.signal });
          delay = Math.min(delay * 2, LONGEST_DELAY_MS);
          await bringUp();
        } catch (err) {
          if (stopping.signal.aborted) return;
          log.error({ err, nextTryMs: delay }, 'PostgreSQL does not come back');
        }
      }
      if (stopping.signal.aborted) return end(cluster, current);
      since = Date.now();
      log.info({ pid: current.pid }, 'PostgreSQL is back');
      events.emit('up');
    }
  }

  try {
    if (orphan) take(orphan);
    else await bringUp();
    const kept = keepUp();
    return {
      adopted: orphan !== undefined,
      pid: () => current?.pid,
      on: (event, listener) => void events.on(event, listener),
      async stop() {
        stopping.abort();
        if (current) await end(cluster, current);
        await kept;
        current = undefined;
        await watchdog.stop();
      },
    };
  } catch (error) {
    await watchdog.stop();
    throw error instanceof MusterError ? error : new MusterError('unavailable', String(error), { cause: error });
  }
}
