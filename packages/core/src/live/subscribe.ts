import { sql } from 'kysely';
import type { Registry } from '../devices/index.ts';
import { placesBelow } from '../places/index.ts';
import { type Context, requirePermission } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { notFound } from '../platform/errors.ts';
import { reading } from '../platform/mutation.ts';
import { isId } from '../platform/uuid.ts';
import type { Channel, Telemetry } from '../telemetry/index.ts';
import type { Hub, Watcher } from './hub.ts';

export interface SubscribeDeps {
  db: Db;
  hub: Hub;
  registry: Registry;
  telemetry: Telemetry;
}

/** Devices of one place topic: beyond it a screen asks for smaller places. */
const MAXIMUM_DEVICES = 10_000;

/**
 * Subscribes a watcher to a topic of its own organization. A topic of another one is as absent as one that never was.
 * @throws MusterError `not_found`, `forbidden`
 */
export async function subscribe(deps: SubscribeDeps, ctx: Context, watcher: Watcher, topic: string): Promise<void> {
  const { hub } = deps;
  const { organizationSlug: slug } = ctx;
  if (topic === 'alerts') return; // nothing raises alerts yet: the topic is known and quiet
  if (topic === 'fleet') return hub.watchFleet(watcher, await devicesSeen(deps, ctx));
  const colon = topic.indexOf(':');
  const [kind, name] = [topic.slice(0, colon), topic.slice(colon + 1)];
  if (kind === 'place') {
    hub.watch(watcher, topic, await channelsBelow(deps, ctx, slug, name), { collects: true });
    return;
  }
  const slash = kind === 'metric' ? name.indexOf('/') : name.length;
  const channel = slash < 0 ? undefined : await channelSeen(deps, ctx, slug, name.slice(0, slash));
  if (!channel) throw notFound('topic');
  hub.watch(watcher, topic, [channel], kind === 'metric' ? { metric: name.slice(slash + 1) } : {});
}

/** The devices that somebody sees whose permission holds in some places only; undefined: all of them. */
async function devicesSeen({ db }: SubscribeDeps, ctx: Context): Promise<ReadonlySet<number> | undefined> {
  if (requirePermission(ctx, 'device:read') === 'everywhere') return undefined;
  const rows = await reading(db, ctx, 'device:read', ({ db }) => db.selectFrom('devices').select('number').execute());
  return new Set(rows.map(({ number }) => number));
}

/** A device whose values may be read. The table is asked only where not every device may be. */
async function channelSeen(deps: SubscribeDeps, ctx: Context, slug: string, deviceId: string) {
  if (requirePermission(ctx, 'telemetry:read') !== 'everywhere') {
    const seen = await reading(deps.db, ctx, 'telemetry:read', ({ db }) =>
      db.selectFrom('devices').select('number').where('device_id', '=', deviceId).executeTakeFirst(),
    );
    if (!seen) return undefined;
  }
  return channelOf(deps, slug, deviceId);
}

async function channelOf(
  { registry, telemetry }: SubscribeDeps,
  slug: string,
  deviceId: string,
): Promise<Channel | undefined> {
  const device = await registry.find(slug, deviceId);
  return device && telemetry.channels.open(device);
}

async function channelsBelow(deps: SubscribeDeps, ctx: Context, slug: string, placeId: string): Promise<Channel[]> {
  if (!isId(placeId)) throw notFound('topic');
  const rows = await reading(deps.db, ctx, 'telemetry:read', async ({ db }) => {
    const found = await sql<{ place: boolean; device_id: string | null }>`
      select true as place, d.device_id from places p left join devices d on d.place_id in ${placesBelow(placeId)}
      where p.id = ${placeId} limit ${MAXIMUM_DEVICES}`.execute(db);
    return found.rows;
  });
  if (rows.length === 0) throw notFound('topic');
  const channels = await Promise.all(
    rows.map((row) => (row.device_id ? channelOf(deps, slug, row.device_id) : undefined)),
  );
  return channels.filter((channel) => channel !== undefined);
}
