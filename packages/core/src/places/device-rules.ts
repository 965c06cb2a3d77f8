import { isOfType, type PlaceDeviceRule } from '@muster/contract/solution';
import { sql } from 'kysely';
import type { TransactionContext } from '../platform/context.ts';
import { inWhole } from '../platform/db/store.ts';
import { type Fault, invalid } from '../platform/errors.ts';
import type { PlaceKinds } from './kinds.ts';

/** Devices that are alike for a rule. */
export interface DeviceGroup {
  type: string;
  role: string | null;
  count: number;
}

/** How many the rule is about, and how many of its type have a role that it does not allow. */
export function countByRule(rule: PlaceDeviceRule, groups: readonly DeviceGroup[]): { found: number; astray: number } {
  let found = 0;
  let astray = 0;
  for (const { type, role, count } of groups) {
    if (!isOfType(rule.type, type)) continue;
    if (rule.role === undefined || rule.role === role) found += count;
    if (rule.roles && role !== null && !rule.roles.includes(role)) astray += count;
  }
  return { found, astray };
}

export const fullFault = (path: string, place: string, { title, most = 0 }: PlaceDeviceRule): Fault => ({
  path,
  code: 'place-full',
  message: `${place} holds at most ${most}: ${title.en}`,
  params: { most },
});

export const roleFault = (path: string, { roles = [] }: PlaceDeviceRule): Fault => ({
  path,
  code: 'role-not-here',
  message: `must be one of ${roles.join(', ')} here`,
});

interface RuledPlace {
  id: string;
  name: string;
  kind: string;
}

/**
 * Runs a change of which devices stand in these places, and refuses it when it breaks a rule of theirs, or breaks one further. The places
 * are locked first, so that two changes that are each right do not break one together.
 * @param path where the input says it
 * @throws MusterError `invalid` (`place-full`, `role-not-here`), or what `work` throws
 */
export async function keepingRules<T>(
  ctx: TransactionContext,
  kinds: PlaceKinds,
  placeIds: readonly (string | null | undefined)[],
  work: () => Promise<T>,
  path?: string,
): Promise<T> {
  const ids = [...new Set(placeIds.filter((id) => typeof id === 'string'))];
  if (ids.length === 0) return work();
  const before = await inWhole(ctx, async () => measure(await lockPlaces(ctx, ids), kinds, await groupsOf(ctx, ids)));
  const result = await work();
  const after = await inWhole(ctx, async () => measure(await lockPlaces(ctx, ids), kinds, await groupsOf(ctx, ids)));
  for (const [key, { excess, fault }] of after) {
    if (excess <= (before.get(key)?.excess ?? 0)) continue;
    const at = fault(path);
    throw invalid(`${at.message.charAt(0).toUpperCase()}${at.message.slice(1)}.`, [at]);
  }
  return result;
}

async function lockPlaces({ db }: TransactionContext, ids: readonly string[]): Promise<RuledPlace[]> {
  const { rows } = await sql<RuledPlace>`
    select id, name, kind from places where id = any(${ids}::uuid[]) order by id for no key update`.execute(db);
  return rows;
}

/** Devices that stand in these places themselves, by place. */
export async function groupsOf(
  { db }: TransactionContext,
  ids: readonly string[],
): Promise<Map<string, DeviceGroup[]>> {
  const { rows } = await sql<DeviceGroup & { place_id: string }>`
    select place_id, type, role, count(*)::int as count from devices where place_id = any(${ids}::uuid[])
    group by place_id, type, role`.execute(db);
  return Map.groupBy(rows, ({ place_id }) => place_id);
}

interface Measured {
  /** How many are too many. */
  excess: number;
  fault(path: string | undefined): Fault;
}

/** By how much each rule of each place is broken. A rule of another kind is another rule. */
function measure(
  places: readonly RuledPlace[],
  kinds: PlaceKinds,
  groups: ReadonlyMap<string, DeviceGroup[]>,
): Map<string, Measured> {
  const measured = new Map<string, Measured>();
  for (const { id, name, kind } of places) {
    for (const [index, rule] of (kinds.get(kind)?.devices ?? []).entries()) {
      const { found, astray } = countByRule(rule, groups.get(id) ?? []);
      const key = `${id} ${kind} ${index}`;
      measured.set(key, {
        excess: Math.max(0, found - (rule.most ?? Infinity)),
        fault: (path) => fullFault(path ?? (rule.role === undefined ? '/placeId' : '/role'), name, rule),
      });
      measured.set(`${key} role`, { excess: astray, fault: (path) => roleFault(path ?? '/role', rule) });
    }
  }
  return measured;
}
