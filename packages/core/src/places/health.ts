import type { DeviceStatus } from '@muster/contract/devices';
import type { PlaceHealth, PlaceState } from '@muster/contract/places';
import type { Text } from '@muster/contract/text';
import { sql } from 'kysely';
import { type Context, requirePermission, type Scope } from '../platform/context.ts';
import { type Db, inOrganization } from '../platform/db/store.ts';
import { countByRule, type DeviceGroup } from './device-rules.ts';
import type { PlaceKinds } from './kinds.ts';
import type { PlaceNode } from './sorted-tree.ts';

/** What memory knows of a device's status better than the table, which is written a little later. */
export type StatusNow = (device: number) => { status: DeviceStatus } | undefined;

type Counts = PlaceHealth['devices'];

/** Devices that stand in one place itself. */
interface Standing {
  counts: Counts;
  groups: DeviceGroup[];
}

/** The devices that the caller sees, by the place in which they stand; undefined: he sees none at all. */
export interface FleetByPlace {
  scope: Scope;
  places: ReadonlyMap<string, Standing>;
}

const capacityTitle: Text = { en: 'Devices', pl: 'Urządzenia' };

/**
 * Devices by place, each place with its devices as one text of numbers: so ten thousand of them are read in some milliseconds. What they
 * are is read for places alone whose kind asks for it.
 */
export async function readFleet(
  db: Db,
  ctx: Context,
  kinds: PlaceKinds,
  now: StatusNow,
): Promise<FleetByPlace | undefined> {
  if (!ctx.grants.has('device:read')) return undefined;
  const scope = requirePermission(ctx, 'device:read');
  const ruled = [...kinds.values()].flatMap(({ id, devices = [] }) => (devices.length > 0 ? id : []));
  const { standing, groups } = await inOrganization(
    db,
    ctx,
    async ({ db: trx }) => ({
      standing: await sql<{ place_id: string; devices: string }>`
        select place_id, string_agg(number::text || ':' || status, ',') as devices from devices
        where place_id is not null group by place_id`.execute(trx),
      groups: await sql<DeviceGroup & { place_id: string }>`
        select place_id, type, role, count(*)::int as count from devices
        where place_id = any(array(select id from places where kind = any(${ruled}::text[])))
        group by place_id, type, role`.execute(trx),
    }),
    scope,
  );
  const places = new Map<string, Standing>();
  for (const { place_id, devices } of standing.rows) {
    const counts = noCounts();
    for (const device of devices.split(',')) {
      const end = device.indexOf(':');
      counts[now(Number(device.slice(0, end)))?.status ?? (device.slice(end + 1) as DeviceStatus)]++;
      counts.total++;
    }
    places.set(place_id, { counts, groups: [] });
  }
  for (const { place_id, ...group } of groups.rows) places.get(place_id)?.groups.push(group);
  return { scope, places };
}

/** The health of every place of a tree, each place after those below it. Places of which not every device is seen have none. */
export function healthOf(
  roots: readonly PlaceNode[],
  fleet: FleetByPlace | undefined,
  kinds: PlaceKinds,
): Map<string, PlaceHealth> {
  const health = new Map<string, PlaceHealth>();
  const seen = fleet && fleet.scope !== 'everywhere' ? new Set(fleet.scope.places) : undefined;
  const look = ({ row, children }: PlaceNode): PlaceHealth => {
    const { counts = undefined, groups = [] } = fleet?.places.get(row.id) ?? {};
    const devices = { ...(counts ?? noCounts()) };
    let incompleteBelow = 0;
    for (const child of children) {
      const below = look(child);
      for (const name of Object.keys(devices) as (keyof Counts)[]) devices[name] += below.devices[name];
      incompleteBelow += below.incompleteBelow + (below.missing.length > 0 ? 1 : 0);
    }
    const missing: PlaceHealth['missing'] = [];
    for (const rule of kinds.get(row.kind)?.devices ?? []) {
      const { found } = countByRule(rule, groups);
      if (found < (rule.least ?? 0)) missing.push(lack(rule.title, rule.role ?? null, rule.least ?? 0, found));
    }
    if (devices.total < (row.capacity ?? 0)) missing.push(lack(capacityTitle, null, row.capacity ?? 0, devices.total));
    const state = stateOf(devices, missing.length + incompleteBelow > 0);
    const result = { state, missing, incompleteBelow, devices };
    if (fleet && (!seen || seen.has(row.id))) health.set(row.id, result);
    return result;
  };
  for (const root of roots) look(root);
  return health;
}

const lack = (title: Text, role: string | null, least: number, found: number) => ({
  title: title.en,
  titles: { ...title },
  role,
  least,
  found,
});

const noCounts = (): Counts => ({ total: 0, online: 0, offline: 0, error: 0, maintenance: 0, pending: 0 });

/** The worst that there is; what is in maintenance is left out of it. */
export function stateOf(devices: Counts, isIncomplete: boolean): PlaceState {
  const faulty = devices.offline + devices.error;
  const working = devices.total - devices.maintenance;
  if (faulty > 0) return faulty === working ? 'down' : 'degraded';
  if (isIncomplete) return 'incomplete';
  if (devices.pending > 0) return 'waiting';
  if (devices.total === 0) return 'empty';
  return working === 0 ? 'maintenance' : 'ok';
}
