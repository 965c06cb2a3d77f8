import type { Overview } from '@muster/contract/system';
import { sql } from 'kysely';
import type { LiveState } from '../devices/index.ts';
import { placesBelow } from '../places/index.ts';
import type { Context } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { malformed } from '../platform/errors.ts';
import { reading } from '../platform/mutation.ts';
import { isId } from '../platform/uuid.ts';

type Counts = Overview['devices'];
type Tile = Overview['tiles'][number];

const MAXIMUM_DOTS = 400;
const MAXIMUM_CHANGES = 50;
/** Worst first: what needs somebody stands at the beginning. */
const WORST_FIRST = ['error', 'offline', 'maintenance', 'pending', 'online'];

/**
 * The fleet at a glance: a tile per root place, or per child of `placeId`, and one for devices without a place of their own
 * below it. @throws MusterError `malformed`
 */
export function readOverview(db: Db, ctx: Context, placeId: string | undefined, live: LiveState): Promise<Overview> {
  if (placeId !== undefined && !isId(placeId)) throw malformed('placeId is not an id.');
  return reading(db, ctx, 'device:read', async ({ db: trx }) => {
    // who sees some places only has the uppermost of those at the top
    const atTheTop =
      placeId === undefined
        ? sql`not exists (select from places above where above.id = places.parent_id)`
        : sql`parent_id = ${placeId}`;
    const { rows: places } = await sql<{ id: string; top: string; name: string; kind: string }>`
      with recursive tree as (
        select id, id as top, name, kind from places where ${atTheTop}
        union all
        select p.id, t.top, t.name, t.kind from places p join tree t on p.parent_id = t.id)
      select * from tree`.execute(trx);
    const scope = placeId === undefined ? sql`true` : sql`d.place_id in ${placesBelow(placeId)}`;
    const { rows: devices } = await sql<{
      number: number;
      device_id: string;
      name: string;
      status: string;
      place_id: string | null;
    }>`
      select d.number, d.device_id, d.name, d.status, d.place_id from devices d where ${scope} order by d.name`.execute(
      trx,
    );
    const { rows: changes } = await sql<{
      device_id: string;
      name: string;
      ts: Date;
      data: { from: string; to: string; reason: string };
    }>`
      select d.device_id, d.name, e.ts, e.data from events e join devices d on d.number = e.device
      where e.type = 'muster.status' and e.ts > now() - interval '1 hour' and ${scope}
      order by e.ts desc limit ${MAXIMUM_CHANGES}`.execute(trx);

    const tiles = new Map<string, Tile>();
    const topOf = new Map<string, string>();
    for (const { id, top, name, kind } of places) {
      topOf.set(id, top);
      const tile = tiles.get(top);
      if (tile) tile.places++;
      else tiles.set(top, { placeId: top, isElsewhere: false, name, kind, places: 0, devices: noCounts(), dots: [] });
    }
    const all = noCounts();
    for (const device of devices) {
      const status = live(device.number)?.status ?? device.status;
      const top = device.place_id === null ? undefined : topOf.get(device.place_id);
      const isElsewhere = top === undefined && device.place_id !== null && device.place_id !== placeId;
      const tile = tiles.get(top ?? nameOf(isElsewhere)) ?? addUnplaced(tiles, isElsewhere);
      count(all, status);
      count(tile.devices, status);
      tile.dots.push({ deviceId: device.device_id, name: device.name, status });
    }
    for (const tile of tiles.values()) {
      tile.dots.sort((one, other) => WORST_FIRST.indexOf(one.status) - WORST_FIRST.indexOf(other.status));
      tile.dots.length = Math.min(tile.dots.length, MAXIMUM_DOTS);
    }
    return {
      devices: all,
      tiles: [...tiles.values()].sort(worstAndLargestFirst),
      changes: changes.map(({ device_id, name, ts, data }) => ({
        deviceId: device_id,
        name,
        ts: ts.toISOString(),
        from: data.from,
        to: data.to,
        reason: data.reason,
      })),
    };
  });
}

const noCounts = (): Counts => ({ total: 0, online: 0, offline: 0, error: 0, maintenance: 0, pending: 0 });

function count(counts: Counts, status: string): void {
  counts.total++;
  counts[status as keyof Counts]++;
}

/** No id of a place. */
const nameOf = (isElsewhere: boolean) => (isElsewhere ? 'elsewhere' : '');

function addUnplaced(tiles: Map<string, Tile>, isElsewhere: boolean): Tile {
  const tile: Tile = { placeId: null, isElsewhere, name: '', kind: null, places: 0, devices: noCounts(), dots: [] };
  tiles.set(nameOf(isElsewhere), tile);
  return tile;
}

function worstAndLargestFirst(one: Tile, other: Tile): number {
  const bad = ({ devices }: Tile) => devices.error * 1000 + devices.offline;
  return bad(other) - bad(one) || other.devices.total - one.devices.total || one.name.localeCompare(other.name);
}
