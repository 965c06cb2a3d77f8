import { setTimeout as sleep } from 'node:timers/promises';
import { conflict } from '../../errors.ts';
import type { Cluster } from './cluster.ts';
import { end } from './end.ts';
import { greet } from './greet.ts';
import type { Layout } from './layout.ts';
import { readPidFile } from './pid-file.ts';
import { attach, type Postmaster, ready } from './postmaster.ts';
import { commandOf, isPostgresOn, startOf } from './processes.ts';
import { isAnswered } from './socket.ts';
import { isWatched } from './watchdog.ts';

/** The watchdog gives PostgreSQL 30 s before it insists. */
const WATCHDOG_MS = 45_000;

/**
 * Looks for a PostgreSQL that a killed server left on our data. It is taken over when it is what we would start, else ended.
 * A process that only has the number of an old one is never touched.
 * @returns undefined when the way is free for a new one.
 * @throws MusterError `conflict` when somebody out of reach, in another container for example, uses the data.
 */
export async function takeOver(cluster: Cluster): Promise<Postmaster | undefined> {
  const { layout, log } = cluster;
  await watched(layout);
  const pid = readPidFile(layout)?.pid;
  const started = pid === undefined ? undefined : startOf(pid);
  if (pid !== undefined && started !== undefined && isPostgresOn(pid, layout.data)) {
    const orphan = attach(cluster, pid, started);
    if (await fits(cluster, orphan)) return orphan;
    log.warn({ pid }, 'stopping the PostgreSQL of an earlier server');
    await end(cluster, orphan);
  } else if (started !== undefined) {
    log.warn({ pid }, 'postmaster.pid names a process that is not PostgreSQL: the file is out of date');
  }
  if (await isAnswered(cluster.connection.host)) {
    throw conflict(
      `A PostgreSQL that is not visible from here, in another container perhaps, uses ${layout.data}. Stop the Muster server that started it.`,
    );
  }
  return undefined;
}

/** Lets the watchdog of a killed server finish: what it is about to stop must not be taken over. */
async function watched(layout: Layout): Promise<void> {
  for (const deadline = Date.now() + WATCHDOG_MS; isWatched(layout) && Date.now() < deadline; await sleep(20)) {
    const file = readPidFile(layout);
    if (file === undefined || startOf(file.pid) === undefined) return;
  }
}

async function fits(cluster: Cluster, orphan: Postmaster): Promise<boolean> {
  if (commandOf(orphan.pid) !== [cluster.postgres, ...cluster.args].join(' ')) return false;
  try {
    await ready(cluster, orphan);
    await greet(cluster);
    return true;
  } catch (err) {
    cluster.log.warn({ err, pid: orphan.pid }, 'the PostgreSQL of an earlier server does not answer as it should');
    return false;
  }
}
