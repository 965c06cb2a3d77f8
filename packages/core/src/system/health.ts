import type { DiskWatch } from '../platform/disk.ts';

/** How one part of Muster does. */
export interface ComponentHealth {
  /** `off`: it is not set up, and nothing is wrong with that. */
  status: 'up' | 'degraded' | 'down' | 'off';
  detail: string;
}

export interface Health {
  /** Can it take data? Its store and its broker are up. */
  ready(): boolean;
  components(): Record<string, ComponentHealth>;
}

export interface HealthSources {
  storeAway(): boolean;
  storeFull(): boolean;
  oldestWaitMs(): number;
  brokerListening(): boolean;
  /** undefined: an outside database, which is not ours to watch. */
  databaseDown(): boolean | undefined;
  disk(): DiskWatch | undefined;
  /** undefined: none is set up. */
  mail(): { fault(): string | undefined } | undefined;
  stopping(): boolean;
}

/** A message that waits longer than this for its commit says that the store is slow. */
const SLOW_MS = 2000;

export function createHealth(sources: HealthSources): Health {
  const store = (): ComponentHealth => {
    if (sources.storeAway())
      return { status: 'down', detail: 'The store does not take data: nothing is acknowledged.' };
    if (sources.storeFull())
      return { status: 'degraded', detail: 'Too much waits for the store: devices are held back.' };
    const wait = sources.oldestWaitMs();
    if (wait > SLOW_MS)
      return { status: 'degraded', detail: `A message has waited ${Math.round(wait)} ms for its commit.` };
    return { status: 'up', detail: 'Messages are committed.' };
  };
  const broker = (): ComponentHealth =>
    sources.brokerListening()
      ? { status: 'up', detail: 'Devices can connect.' }
      : { status: 'down', detail: 'Devices can not connect.' };
  const database = (): ComponentHealth => {
    const down = sources.databaseDown();
    if (down === undefined) return { status: 'up', detail: 'An outside PostgreSQL.' };
    return down
      ? { status: 'down', detail: 'The embedded PostgreSQL ended and is being started again.' }
      : { status: 'up', detail: 'The embedded PostgreSQL runs.' };
  };
  const disk = (): ComponentHealth => {
    const watch = sources.disk();
    if (!watch) return { status: 'up', detail: 'The data lies elsewhere.' };
    const detail = `${Math.floor(watch.used * 100)} % of the disk is in use.`;
    if (watch.state === 'full') return { status: 'down', detail: `${detail} Measured values are held back.` };
    return { status: watch.state === 'low' ? 'degraded' : 'up', detail };
  };
  const mail = (): ComponentHealth => {
    const postman = sources.mail();
    if (!postman) return { status: 'off', detail: 'No mail is sent: MUSTER_SMTP_URL is not set.' };
    const fault = postman.fault();
    return fault === undefined
      ? { status: 'up', detail: 'Mail is sent.' }
      : { status: 'degraded', detail: `Mail waits, the mail server does not take it: ${fault}` };
  };
  return {
    ready: () =>
      !sources.stopping() && sources.brokerListening() && !sources.storeAway() && sources.databaseDown() !== true,
    components: () => ({ store: store(), broker: broker(), database: database(), disk: disk(), mail: mail() }),
  };
}
