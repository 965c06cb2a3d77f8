import type pg from 'pg';
import type { Log } from '../platform/log.ts';
import type { Partitions } from './partitions.ts';

/**
 * After a crash: adds what was stored after the last checkpoint to everything that is derived from it, in one transaction,
 * so that it is added once. Runs before the first message is accepted.
 * @returns how many messages were added
 */
export async function recover(client: pg.ClientBase, partitions: Partitions, log: Log): Promise<number> {
  const { rows } = await client.query<{ late: boolean }>(
    'select exists (select from telemetry, telemetry_checkpoints c where received > c.upto) as late',
  );
  if (!rows[0]?.late) return 0;
  const started = Date.now();
  const { rows: months } = await client.query<{ organization: number; month: Date }>(
    `select distinct organization, date_trunc('month', ts) as month from telemetry, telemetry_checkpoints c where received > c.upto`,
  );
  for (const { organization, month } of months) {
    await partitions.ensure('telemetry_minutes', organization, month.getTime());
  }
  await client.query('begin');
  try {
    const { rows: checkpoints } = await client.query<{ number: number; before: string }>(
      'select number + 1 as number, upto::text as before from telemetry_checkpoints for update',
    );
    const { number, before } = checkpoints[0] as { number: number; before: string };
    await addSeen(client, before);
    const messages = await addCounts(client, before);
    await addLatest(client, before);
    await addBuckets(client, before, number);
    await client.query(
      'update telemetry_checkpoints set number = $1, upto = (select max(received) from telemetry where received > $2)',
      [number, before],
    );
    await client.query('commit');
    log.info({ messages, ms: Date.now() - started }, 'caught up with what was stored after the last checkpoint');
    return messages;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

const addSeen = (client: pg.ClientBase, before: string) =>
  client.query(
    `update device_boots b set seen = b.seen + s.seen, updated_at = now()
     from (select boot, range_agg(int8range(seq, seq, '[]')) as seen from telemetry
           where received > $1 and boot is not null and seq is not null group by boot) s
     where b.id = s.boot`,
    [before],
  );

async function addCounts(client: pg.ClientBase, before: string): Promise<number> {
  const { rows } = await client.query<{ messages: number }>(
    `with added as (
       select t.device, o.id as organization_id, count(*) as messages
       from telemetry t join organizations o on o.number = t.organization where t.received > $1 group by 1, 2),
     states as (
       insert into device_states (device, organization_id, received, stored)
       select device, organization_id, messages, messages from added
       where exists (select from devices d where d.number = added.device)
       on conflict (device) do update
         set received = device_states.received + excluded.received, stored = device_states.stored + excluded.stored),
     ledgers as (
       insert into organization_ledgers (organization_id, received, stored)
       select organization_id, sum(messages), sum(messages) from added group by 1
       on conflict (organization_id) do update
         set received = organization_ledgers.received + excluded.received, stored = organization_ledgers.stored + excluded.stored)
     select coalesce(sum(messages), 0)::bigint as messages from added`,
    [before],
  );
  return rows[0]?.messages ?? 0;
}

/** Newest value of every metric, unless the state has a newer one. A clock ahead orders by its time of receipt. */
const addLatest = (client: pg.ClientBase, before: string) =>
  client.query(
    `with news as (
       select t.device, v.name, v.value, v.quality, t.ts, least(t.ts, t.received) as sort
       from telemetry t
       join telemetry_layouts l on l.id = t.layout
       cross join lateral (
         select m.name, to_jsonb(m.value) as value, coalesce(m.quality, 0)::int as quality
         from unnest(l.metrics, t."values", t.quality) as m(name, value, quality) where m.value is not null
         union all
         select o.key, o.value, coalesce((t.other -> '$quality' ->> o.key)::int, 0)
         from jsonb_each(coalesce(t.other, '{}')) o where o.key <> '$quality'
       ) v
       where t.received > $1),
     newest as (select distinct on (device, name) * from news order by device, name, sort desc, ts desc)
     update device_states s set latest = s.latest || n.latest
     from (select d.device, jsonb_object_agg(d.name, jsonb_build_array(d.value, (extract(epoch from d.ts) * 1000)::bigint,
             (extract(epoch from d.sort) * 1000)::bigint, d.quality)) as latest
           from newest d left join device_states old on old.device = d.device
           where (extract(epoch from d.sort) * 1000) >= coalesce((old.latest -> d.name ->> 2)::float8, '-infinity')
           group by d.device) n
     where s.device = n.device`,
    [before],
  );

const addBuckets = (client: pg.ClientBase, before: string, checkpoint: number) =>
  client.query(
    `insert into telemetry_minutes (bucket, last_ts, checkpoint, organization, device, layout, counts, minimum, maximum, total, last, bad)
     select bucket, max(last_ts), $2, organization, device, layout,
       array_agg(count order by i), array_agg(minimum order by i), array_agg(maximum order by i),
       array_agg(total order by i), array_agg(last order by i), array_agg(bad order by i)
     from (
       select date_trunc('minute', t.ts) as bucket, t.organization, t.device, t.layout, m.i, max(t.ts) as last_ts,
         count(m.value) filter (where m.quality is distinct from 2)::int as count,
         min(m.value) filter (where m.quality is distinct from 2) as minimum,
         max(m.value) filter (where m.quality is distinct from 2) as maximum,
         sum(m.value) filter (where m.quality is distinct from 2) as total,
         (array_agg(m.value order by t.ts desc) filter (where m.quality is distinct from 2 and m.value is not null))[1] as last,
         count(m.value) filter (where m.quality = 2)::int as bad
       from telemetry t cross join lateral unnest(t."values", t.quality) with ordinality as m(value, quality, i)
       where t.received > $1
       group by 1, 2, 3, 4, 5) b
     group by bucket, organization, device, layout`,
    [before, checkpoint],
  );
