import { sql } from 'kysely';
import type pg from 'pg';
import type { BusMessage } from './bus-message.ts';
import type { TransactionContext } from './context.ts';
import { connectAlone } from './db/pool.ts';
import type { Db } from './db/store.ts';
import type { Log } from './log.ts';
import { newId } from './uuid.ts';

/**
 * Told after the commit of the transaction that said it, to everybody, at most once; on the node that said it before its caller is
 * answered. After a gap `onGap` tells to forget caches.
 */
export interface Bus {
  on(listener: (message: BusMessage) => void): void;
  onGap(listener: () => void): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const CHANNEL = 'muster';
const RETRY_MS = 500;
/** Tells this process from others: what it said itself it has heard already. */
const NODE = newId();

/** Says something when the transaction commits. */
export async function tell(ctx: TransactionContext, ...messages: BusMessage[]): Promise<void> {
  if (messages.length === 0) return;
  ctx.told.push(...messages);
  const payloads = messages.map((message) => JSON.stringify({ ...message, node: NODE }));
  await sql`select pg_notify(${CHANNEL}, payload) from unnest(${payloads}::text[]) as t(payload)`.execute(ctx.db);
}

/** Says many things at once when the transaction commits. */
export async function tellAll(ctx: TransactionContext, messages: readonly BusMessage[]): Promise<void> {
  ctx.told.push(...messages);
  const payloads = messages.map((message) => JSON.stringify({ ...message, node: NODE }));
  await sql`select pg_notify(${CHANNEL}, payload) from unnest(${payloads}::text[]) as payload`.execute(ctx.db);
}

/** The bus of one database: PostgreSQL's LISTEN and NOTIFY. */
export function createBus(db: Db, log: Log): Bus {
  const { settings } = db;
  const listeners: ((message: BusMessage) => void)[] = [];
  const gapListeners: (() => void)[] = [];
  let client: pg.Client | undefined;
  let stopped = false;

  const deliver = (message: BusMessage) => {
    for (const listener of listeners) listener(message);
  };
  db.onTold = deliver;

  async function connect(): Promise<void> {
    const fresh = await connectAlone(settings, 'muster_app', { onLost: reconnect });
    fresh.on('end', reconnect);
    fresh.on('notification', ({ payload }) => {
      if (!payload) return;
      const { node, ...message } = JSON.parse(payload) as BusMessage & { node?: string };
      if (node !== NODE) deliver(message);
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
