import { sql } from 'kysely';
import { type Db, inAuthentication } from '../platform/db/store.ts';
import type { Log } from '../platform/log.ts';
import { createThrottle, type Failures, type Throttle } from './throttle.ts';

const FORGET = '1 hour';
const FLUSH_MS = 250;

/** A throttle that knows after a restart what it knew before. @returns it, and what writes down the last of it */
export async function openThrottle(db: Db, log: Log): Promise<{ throttle: Throttle; stop(): Promise<void> }> {
  let changed = new Map<string, Failures>();
  let timer: NodeJS.Timeout | undefined;

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const batch = [...changed.values()];
    changed = new Map();
    if (batch.length > 0)
      await write(db, batch).catch((error) => log.warn({ err: error }, 'failed attempts were not kept'));
  }

  const throttle = createThrottle({
    before: await read(db),
    onChanged(failures) {
      changed.set(failures.key, failures);
      timer ??= setTimeout(flush, FLUSH_MS);
    },
  });
  return { throttle, stop: flush };
}

const read = (db: Db): Promise<Failures[]> =>
  inAuthentication(db, async (trx) => {
    const rows = await trx.selectFrom('throttles').selectAll().execute();
    return rows.map(({ key, failures, until, at }) => ({
      key: key.toString('hex'),
      count: failures,
      until: until.getTime(),
      at: at.getTime(),
    }));
  });

const write = (db: Db, batch: readonly Failures[]): Promise<void> =>
  inAuthentication(db, async (trx) => {
    const over = batch.filter(({ count }) => count === 0).map(({ key }) => Buffer.from(key, 'hex'));
    if (over.length > 0) await trx.deleteFrom('throttles').where('key', 'in', over).execute();
    const kept = batch.filter(({ count }) => count > 0);
    if (kept.length > 0) {
      const values = kept.map(({ key, count, until, at }) => ({
        key: Buffer.from(key, 'hex'),
        failures: count,
        until: new Date(until),
        at: new Date(at),
      }));
      await trx
        .insertInto('throttles')
        .values(values)
        .onConflict((conflict) =>
          conflict.column('key').doUpdateSet(({ ref }) => ({
            failures: ref('excluded.failures'),
            until: ref('excluded.until'),
            at: ref('excluded.at'),
          })),
        )
        .execute();
    }
    await sql`delete from throttles where at < now() - ${FORGET}::interval`.execute(trx);
  });
