import type { DeviceEvent, Ledger, RejectedMessage, Series } from '@muster/contract/telemetry';
import { sql } from 'kysely';
import type { Context, TransactionContext } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { invalid, notFound } from '../platform/errors.ts';
import { reading } from '../platform/mutation.ts';
import { page, readCursor } from '../platform/paging.ts';
import type { Channel } from './channel.ts';
import type { DeviceIdentity } from './channels.ts';
import { latestView, newestValues } from './latest.ts';
import type { Layout } from './layouts.ts';
import { viewCount } from './ledger.ts';
import { readRange } from './range.ts';
import type { Aggregate } from './range-query.ts';
import type { Telemetry } from './service.ts';

export interface ReadDeps {
  db: Db;
  telemetry: Telemetry;
}

/** The channel of a device of the caller's organization. @throws MusterError `not_found` */
export async function channelOf({ telemetry }: ReadDeps, ctx: TransactionContext, deviceId: string): Promise<Channel> {
  const { rows } = await sql<Omit<DeviceIdentity, 'organization'> & { slug: string; rawDays: number }>`
    select d.number, d.device_id as "deviceId", d.type, d.status, o.slug, o.raw_days as "rawDays",
      coalesce((extract(epoch from d.last_seen_at) * 1000)::bigint, 0) as "lastSeen"
    from devices d join organizations o on o.id = d.organization_id where d.device_id = ${deviceId}`.execute(ctx.db);
  const row = rows[0];
  if (!row) throw notFound('device');
  const organization = { id: ctx.organizationId, number: ctx.organizationNumber, slug: row.slug, rawDays: row.rawDays };
  return telemetry.channels.open({ ...row, organization });
}

const inside = <T>(
  deps: ReadDeps,
  ctx: Context,
  deviceId: string,
  work: (ctx: TransactionContext, channel: Channel) => T | Promise<T>,
) =>
  reading(deps.db, ctx, 'telemetry:read', async (transaction) =>
    work(transaction, await channelOf(deps, transaction, deviceId)),
  );

/** @throws MusterError `not_found` */
export const readLatest = (deps: ReadDeps, ctx: Context, deviceId: string) =>
  inside(deps, ctx, deviceId, (_, channel) => ({ values: latestView(channel, Date.now()) }));

export interface RangeInput {
  from: string;
  to: string;
  metrics?: string;
  points?: number;
  aggregate?: Aggregate;
}

const MAXIMUM_METRICS = 50;
const LONGEST_MS = 3653 * 86_400_000;

/** @throws MusterError `not_found`, `invalid` for a range that ends before it begins or unknown metrics */
export const readSeries = (
  deps: ReadDeps,
  ctx: Context,
  deviceId: string,
  input: RangeInput,
): Promise<{ series: Series[] }> =>
  inside(deps, ctx, deviceId, async (transaction, channel) => {
    const query = {
      ...readBounds(input),
      metrics: metricsOf(channel, input.metrics),
      points: input.points ?? 1000,
      aggregate: input.aggregate ?? 'minmax',
    };
    const layouts = await layoutsOf(deps, transaction, channel);
    const rollups = deps.telemetry.keeper.rollupView(channel);
    return { series: await readRange(transaction, channel, layouts, query, rollups) };
  });

/** Layouts that any message of the device's type may have had. */
async function layoutsOf({ telemetry }: ReadDeps, ctx: TransactionContext, channel: Channel): Promise<Layout[]> {
  const known = channel.type.open
    ? await sql<{ id: number }>`select id from telemetry_layouts where device_type = ${channel.type.id}
        and metrics && ${[...newestValues(channel).keys()]}::text[]`.execute(ctx.db)
    : await sql<{ id: number }>`select id from telemetry_layouts where device_type = ${channel.type.id}`.execute(
        ctx.db,
      );
  return known.rows.map(({ id }) => telemetry.layouts.byId(id)).filter((layout) => layout !== undefined);
}

/** @throws MusterError `invalid` */
export function readBounds({ from, to }: { from: string; to: string }): { from: number; to: number } {
  const bounds = { from: Date.parse(from), to: Date.parse(to) };
  const refuse = (message: string) => invalid('The range is not right.', [{ path: '/to', message }]);
  if (!(bounds.to > bounds.from)) throw refuse('must be later than "from"');
  if (bounds.to - bounds.from > LONGEST_MS) throw refuse('must be at most ten years after "from"');
  return bounds;
}

/** Asked metrics, or all that the device has. @throws MusterError `invalid` */
export function metricsOf(channel: Channel, asked: string | undefined): string[] {
  const declared = Object.keys(channel.type.metrics);
  const had = [...newestValues(channel).keys()];
  const all = [...new Set([...declared, ...had])];
  if (asked === undefined) return all.slice(0, MAXIMUM_METRICS);
  const names = [...new Set(asked.split(',').filter((name) => name !== ''))];
  const unknown = channel.type.open ? undefined : names.find((name) => !all.includes(name));
  if (unknown !== undefined) {
    throw invalid('There is no such metric.', [
      { path: '/metrics', message: `${unknown} is not a metric of this device` },
    ]);
  }
  if (names.length > MAXIMUM_METRICS) {
    throw invalid('Too many metrics.', [{ path: '/metrics', message: `must name at most ${MAXIMUM_METRICS}` }]);
  }
  return names;
}

export interface EventFilter {
  limit?: number;
  cursor?: string;
  type?: string;
  from?: string;
  to?: string;
}

/** Newest first. @throws MusterError `not_found` */
export const listEvents = (deps: ReadDeps, ctx: Context, deviceId: string, filter: EventFilter) =>
  inside(deps, ctx, deviceId, async ({ db }, channel) => {
    const limit = filter.limit ?? 50;
    const after = readCursor(filter.cursor, 2);
    const { rows } = await sql<{ id: string; type: string; ts: Date; received_at: Date; data: unknown; key: string }>`
      select id, type, ts, received_at, data, ts::text as key from events
      where organization_id = ${ctx.organizationId} and device = ${channel.number}
        ${filter.type ? sql`and type = ${filter.type}` : sql``}
        ${filter.from ? sql`and ts >= ${new Date(filter.from)}` : sql``}
        ${filter.to ? sql`and ts < ${new Date(filter.to)}` : sql``}
        ${after ? sql`and (ts, id) < (${after[0]}::timestamptz, ${after[1]}::uuid)` : sql``}
      order by ts desc, id desc limit ${limit + 1}`.execute(db);
    const view = (row: (typeof rows)[number]): DeviceEvent => ({
      id: row.id,
      deviceId,
      type: row.type,
      ts: row.ts.toISOString(),
      receivedAt: row.received_at.toISOString(),
      data: row.data,
    });
    return page(rows, limit, view, (row) => [row.key, row.id]);
  });

/** Newest first. @throws MusterError `not_found` */
export const listRejected = (
  deps: ReadDeps,
  ctx: Context,
  deviceId: string,
  query: { limit?: number; cursor?: string },
) =>
  inside(deps, ctx, deviceId, async ({ db }, channel) => {
    const limit = query.limit ?? 50;
    const after = readCursor(query.cursor, 1)?.[0];
    let rows = db.selectFrom('rejected_messages').selectAll().where('device', '=', channel.number);
    if (after !== undefined) rows = rows.where('id', '<', after);
    const found = await rows
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute();
    const view = (row: (typeof found)[number]): RejectedMessage => ({
      id: row.id,
      receivedAt: row.received_at.toISOString(),
      reason: row.reason,
      detail: row.detail,
      topic: row.topic,
      bytes: row.bytes,
      excerpt: row.excerpt,
    });
    return page(found, limit, view, (row) => [row.id]);
  });

/** Of the organization, or of one device. @throws MusterError `not_found` */
export const readLedger = (deps: ReadDeps, ctx: Context, deviceId: string | undefined): Promise<Ledger> => {
  if (deviceId !== undefined) return inside(deps, ctx, deviceId, (_, channel) => viewCount(channel.count));
  return reading(deps.db, ctx, 'telemetry:read', async ({ db }) => {
    const known = deps.telemetry.channels.organizationById(ctx.organizationId);
    if (known) return viewCount(known.count);
    const row = await db.selectFrom('organizations').select(['slug', 'raw_days']).executeTakeFirstOrThrow();
    const identity = { id: ctx.organizationId, number: ctx.organizationNumber, slug: row.slug, rawDays: row.raw_days };
    return viewCount(deps.telemetry.channels.organization(identity).count);
  });
};
