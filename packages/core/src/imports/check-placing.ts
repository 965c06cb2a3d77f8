import { isOfType, type PlaceDeviceRule } from '@muster/contract/solution';
import { sql } from 'kysely';
import { fullFault, type PlaceKinds, roleFault } from '../places/index.ts';
import type { TransactionContext } from '../platform/context.ts';
import { inWhole } from '../platform/db/store.ts';
import type { Problems } from './cells.ts';
import type { DevicePlan, PlannedDevice } from './plan-devices.ts';

interface Place {
  id: string;
  name: string;
  kind: string;
}

interface Standing {
  device_id: string;
  place_id: string;
  type: string;
  role: string | null;
}

/** Locks places until the end, so that what is counted in them stays so. In the order of ids, as everybody does. */
export async function lockPlaces(inside: TransactionContext, ids: readonly string[]): Promise<Place[]> {
  return inWhole(inside, async () => {
    const { rows } = await sql<Place>`
      select id, name, kind from places where id = any(${[...ids]}::uuid[]) order by id for no key update`.execute(
      inside.db,
    );
    return rows;
  });
}

/** Finds the rows by which a place would hold more than its kind allows. What was too much before is no fault of the file. */
export async function checkPlacing(
  inside: TransactionContext,
  places: readonly Place[],
  { create, change }: DevicePlan,
  kinds: PlaceKinds,
  problems: Problems,
): Promise<void> {
  const ruled = places.filter(({ kind }) => (kinds.get(kind)?.devices ?? []).length > 0);
  if (ruled.length === 0) return;
  const ids = ruled.map(({ id }) => id);
  const { rows } = await inWhole(inside, () =>
    sql<Standing>`select device_id, place_id, type, role from devices where place_id = any(${ids}::uuid[])`.execute(
      inside.db,
    ),
  );
  const before = Map.groupBy(rows, ({ place_id }) => place_id);
  const planned = [...create, ...change].sort((one, other) => one.row - other.row);
  const named = new Set(planned.map(({ deviceId }) => deviceId));
  const coming = Map.groupBy(planned, ({ placeId }) => placeId);
  for (const { id, name, kind } of ruled) {
    const there = before.get(id) ?? [];
    for (const rule of kinds.get(kind)?.devices ?? [])
      checkRule(
        rule,
        name,
        there,
        there.filter(({ device_id }) => !named.has(device_id)),
        coming.get(id) ?? [],
        problems,
      );
  }
}

function checkRule(
  rule: PlaceDeviceRule,
  name: string,
  there: readonly Standing[],
  staying: readonly Standing[],
  coming: readonly PlannedDevice[],
  problems: Problems,
): void {
  const counts = ({ type, role }: Pick<Standing, 'type' | 'role'>) =>
    isOfType(rule.type, type) && (rule.role === undefined || rule.role === role);
  const old = new Map(there.map((device) => [device.device_id, device]));
  const wasCounted = ({ deviceId }: PlannedDevice) => {
    const device = old.get(deviceId);
    return device !== undefined && counts(device);
  };
  const counted = coming.filter(counts);
  const most = Math.max(rule.most ?? Infinity, there.filter(counts).length);
  let room = most - staying.filter(counts).length - counted.filter(wasCounted).length;
  for (const device of counted) {
    if (wasCounted(device)) continue;
    if (--room >= 0) continue;
    const { code = '', message, params } = fullFault('', name, rule);
    problems.add(device.row, rule.role === undefined ? 'place' : 'role', code, message, params);
  }
  for (const { row, deviceId, type, role } of coming) {
    if (!rule.roles || role === null || rule.roles.includes(role) || !isOfType(rule.type, type)) continue;
    if (old.get(deviceId)?.role === role) continue;
    const { code = '', message } = roleFault('', rule);
    problems.add(row, 'role', code, message);
  }
}
