import { sql } from 'kysely';
import type pg from 'pg';
import type { TransactionContext } from './context.ts';
import { type ConnectionSettings, connectAlone } from './db/pool.ts';
import type { Log } from './log.ts';

/** What one part of Muster tells the others, on this and on every other node. */
export type BusMessage =
  | { kind: 'device.changed'; organizationId: string; number: number; deviceId: string }
  | { kind: 'device.deleted'; organizationId: string; number: number; deviceId: string }
  | { kind: 'organization.changed'; organizationId: string };

/** Told after the commit of the transaction that said it, to everybody, at most once. After a gap `onGap` tells to forget caches. */
export interface Bus {
  on(listener: (message: BusMessage) => void): void;
  onGap(listener: () => void): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const CHANNEL = 'muster';
const RETRY_MS = 500;

/** Says something when the transaction commits. */
export const tell = (ctx: TransactionContext, message: BusMessage) =>
  sql`select pg_notify(${CHANNEL}, ${JSON.stringify(message)})`.execute(ctx.db);

/** The bus of one database: PostgreSQL's LISTEN and NOTIFY. */
export function createBus(settings: ConnectionSettings, log: Log): Bus {
  const listeners: ((message: BusMessage) => void)[] = [];
  const gapListeners: (() => void)[] = [];
  let client: pg.Client | undefined;
  let stopped = false;

  async function connect(): Promise<void> {
    const fresh = await connectAlone(settings, 'muster_app', { onLost: reconnect });
    fresh.on('end', reconnect);
    fresh.on('notification', ({ payload }) => {
      if (!payload) return;
      const message = JSON.parse(payload) as BusMessage;
      for (const listener of listeners) listener(message);
    });
    await fresh.query(`listen ${CHANNEL}`);
    client = fresh;
  }

  function reconnect(): void {
    if (stopped || client === undefined) return;
    client = undefined;
    const again = () => {
      if (stopped) return;
      connect().then(
        () => {
          log.info('the bus is back');
          for (const listener of gapListeners) listener();
        },
        () => setTimeout(again, RETRY_MS).unref(),
      );
    };
    setTimeout(again, RETRY_MS).unref();
  }

  return {
    on: (listener) => listeners.push(listener),
    onGap: (listener) => gapListeners.push(listener),
    start: connect,
    async stop() {
      stopped = true;
      await client?.end().catch(() => undefined);
    },
  };
}
