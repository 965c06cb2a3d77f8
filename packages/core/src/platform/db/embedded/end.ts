import { within } from '../../within.ts';
import type { Cluster } from './cluster.ts';
import { type Postmaster, signal } from './postmaster.ts';
import { postgresOn } from './processes.ts';

/** Fast shutdown with a last checkpoint; then an immediate one, which recovery makes good; then what always works. */
const steps = [
  ['SIGINT', 30_000],
  ['SIGQUIT', 10_000],
  ['SIGKILL', 5_000],
] as const;

/** Ends PostgreSQL and waits until none of its processes is left. */
export async function end(cluster: Cluster, postmaster: Postmaster): Promise<void> {
  try {
    for (const [name, patience] of steps) {
      if (name !== 'SIGINT') cluster.log.warn({ pid: postmaster.pid, signal: name }, 'PostgreSQL does not stop');
      signal(postmaster, name);
      if (await within(patience, postmaster.exited)) break;
    }
    await endLeftovers(cluster, postmaster);
  } finally {
    postmaster.messages.close();
  }
}

/**
 * Waits for the processes that outlive a killed postmaster; they hold its shared memory, so no other can start. Most notice
 * at once; one that computes is told to quit.
 */
export async function endLeftovers(cluster: Cluster, postmaster: Postmaster): Promise<void> {
  // each of them holds the pipe
  if (await within(1_000, postmaster.messages.ended)) return;
  for (const name of ['SIGQUIT', 'SIGKILL'] as const) {
    for (const pid of postgresOn(cluster.layout.data)) {
      cluster.log.warn({ pid, signal: name }, 'a process of a killed PostgreSQL lives on');
      try {
        process.kill(pid, name);
      } catch {
        // it ended meanwhile
      }
    }
    if (await within(2_000, postmaster.messages.ended)) return;
  }
}
