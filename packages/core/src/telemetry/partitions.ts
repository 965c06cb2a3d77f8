import type pg from 'pg';
import type { Log } from '../platform/log.ts';

/** Tables that are cut first by organization, then by time: retention drops whole pieces. */
const tables = {
  telemetry: { column: 'ts', period: 'day', keep: 'raw_days' },
  telemetry_minutes: { column: 'bucket', period: 'month', keep: 'minute_days' },
  telemetry_hours: { column: 'bucket', period: 'year', keep: 'hour_days' },
} as const;
export type PartitionedTable = keyof typeof tables;
type Period = (typeof tables)[PartitionedTable]['period'];

const DAY_MS = 86_400_000;
/** Retention never drops more than this share of a table's partitions in one run: a clock that jumped must not empty it (R11). */
const MOST_DROPPED_AT_ONCE = 0.5;

export interface Partitions {
  /** Makes sure that the piece for this moment is there; undefined: it is. Rejects while the store is away. */
  ensure(table: PartitionedTable, organization: number, ts: number): Promise<void> | undefined;
  /** Drops what every organization's retention no longer keeps; answers the names of dropped partitions. */
  dropExpired(now: number): Promise<string[]>;
  /** Reads which partitions there are. */
  load(): Promise<void>;
}

/** @param owner a pool of the tables' owner: only it may make and drop partitions */
export function createPartitions(owner: pg.Pool, log: Log): Partitions {
  const known = new Set<string>();
  const underWay = new Map<string, Promise<void>>();
  const lastDay = { organization: 0, day: Number.NaN };

  async function make(table: PartitionedTable, organization: number, name: string, ts: number): Promise<void> {
    const { column, period } = tables[table];
    const parent = `${table}_o${organization}`;
    const { from, to } = bounds(period, ts);
    if (!known.has(parent)) {
      await attach(owner, parent, table, `in (${organization})`, `partition by range (${column})`);
      known.add(parent);
    }
    await attach(owner, name, parent, `from ('${from}') to ('${to}')`, '');
    known.add(name);
    log.debug({ partition: name }, 'partition made');
  }

  function ensure(table: PartitionedTable, organization: number, ts: number): Promise<void> | undefined {
    const day = Math.floor(ts / DAY_MS);
    if (table === 'telemetry' && day === lastDay.day && organization === lastDay.organization) return undefined;
    const name = partitionName(table, organization, ts);
    if (known.has(name)) {
      if (table === 'telemetry') Object.assign(lastDay, { organization, day });
      return undefined;
    }
    let work = underWay.get(name);
    if (!work) {
      work = make(table, organization, name, ts).finally(() => underWay.delete(name));
      underWay.set(name, work);
    }
    return work;
  }

  async function load(): Promise<void> {
    known.clear();
    lastDay.day = Number.NaN;
    const { rows } = await owner.query<{ name: string }>(
      `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
       where c.relname like 'telemetry%' and not i.inhdetachpending and c.relkind in ('r', 'p')`,
    );
    for (const { name } of rows) known.add(name);
  }

  async function dropExpired(now: number): Promise<string[]> {
    const { rows: organizations } = await owner.query<Record<string, number>>(
      'select number, raw_days, minute_days, hour_days from organizations',
    );
    const dropped: string[] = [];
    for (const organization of organizations) {
      for (const table of Object.keys(tables) as PartitionedTable[]) {
        const keep = (organization[tables[table].keep] as number) * DAY_MS;
        dropped.push(...(await dropOlder(table, organization.number as number, now - keep)));
      }
    }
    return dropped;
  }

  async function dropOlder(table: PartitionedTable, organization: number, before: number): Promise<string[]> {
    const parent = `${table}_o${organization}`;
    const all = [...known].filter((name) => name.startsWith(`${parent}_`));
    const expired = all.filter((name) => periodEnd(tables[table].period, name) <= before);
    if (expired.length > 1 && expired.length > all.length * MOST_DROPPED_AT_ONCE) {
      log.warn(
        { table, organization, expired: expired.length, of: all.length },
        'retention holds back: a clock may have jumped',
      );
      expired.sort();
      expired.length = Math.floor(all.length * MOST_DROPPED_AT_ONCE);
    }
    for (const name of expired) {
      // first out of the tree without stopping writers, then away
      await owner.query(`alter table ${parent} detach partition ${name} concurrently`);
      await owner.query(`drop table ${name}`);
      known.delete(name);
      lastDay.day = Number.NaN;
      log.info({ partition: name }, 'retention dropped a partition');
    }
    return expired;
  }

  return { ensure, dropExpired, load };
}

/** Makes a table and attaches it: attaching takes a lighter lock than CREATE TABLE … PARTITION OF, so writers go on. */
async function attach(
  owner: pg.Pool,
  name: string,
  parent: string,
  values: string,
  partitionBy: string,
): Promise<void> {
  const client = await owner.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock(hashtext($1))', [name]);
    const { rows } = await client.query<{ attached: boolean }>(
      'select exists (select from pg_inherits where inhrelid = to_regclass($1)) as attached',
      [name],
    );
    if (!rows[0]?.attached) {
      await client.query(`drop table if exists ${name}`);
      await client.query(
        `create table ${name} (like ${parent} including defaults including constraints) ${partitionBy}`,
      );
      await client.query(`alter table ${name} enable row level security, force row level security`);
      await client.query(`alter table ${parent} attach partition ${name} for values ${values}`);
    }
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

const two = (n: number) => String(n).padStart(2, '0');

export function partitionName(table: PartitionedTable, organization: number, ts: number): string {
  const time = new Date(ts);
  const parts = [String(time.getUTCFullYear())];
  const { period } = tables[table];
  if (period !== 'year') parts.push(two(time.getUTCMonth() + 1));
  if (period === 'day') parts.push(two(time.getUTCDate()));
  return `${table}_o${organization}_${parts.join('')}`;
}

/** The whole day, month or year (UTC) that holds `ts` (ms since 1970), as RFC 3339; `to` is not included. */
export function bounds(period: Period, ts: number): { from: string; to: string } {
  const time = new Date(ts);
  const [year, month, day] = [time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate()];
  const from = Date.UTC(year, period === 'year' ? 0 : month, period === 'day' ? day : 1);
  const to =
    period === 'day' ? from + DAY_MS : period === 'month' ? Date.UTC(year, month + 1, 1) : Date.UTC(year + 1, 0, 1);
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

/** First moment after the period that a partition's name tells. */
export function periodEnd(period: Period, name: string): number {
  const digits = name.slice(name.lastIndexOf('_') + 1);
  const [year, month, day] = [
    Number(digits.slice(0, 4)),
    Number(digits.slice(4, 6) || 1),
    Number(digits.slice(6, 8) || 1),
  ];
  return Date.parse(bounds(period, Date.UTC(year, month - 1, day)).to);
}
