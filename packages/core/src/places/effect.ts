import type { PlaceEffect } from '@muster/contract/places';
import { isOfType } from '@muster/contract/solution';
import { sql } from 'kysely';
import type { Context, TransactionContext } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { type Fault, invalid, notFound } from '../platform/errors.ts';
import { reading } from '../platform/mutation.ts';
import { isId } from '../platform/uuid.ts';
import { countByRule, fullFault, groupsOf, roleFault } from './device-rules.ts';
import { checkKind, type PlaceKinds } from './kinds.ts';
import { placesBelow } from './tree.ts';
import { standingFaults } from './update.ts';
import { type PlaceRow, viewPlace } from './view.ts';

/**
 * What it would do to move a place, or to give it another kind, as far as the caller sees it.
 * @throws MusterError `not_found`, `invalid` for a parent or a kind that is not there
 */
export const effectOnPlace = (
  db: Db,
  ctx: Context,
  id: string,
  wish: { parentId?: string; kind?: string },
  kinds: PlaceKinds,
): Promise<PlaceEffect> =>
  reading(db, ctx, 'place:write', async (inside) => {
    const find = (placeId: string) =>
      inside.db.selectFrom('places').selectAll().where('id', '=', placeId).executeTakeFirst();
    const before = await find(id);
    if (!before) throw notFound('place');
    if (wish.kind !== undefined) checkKind(wish.kind, kinds);
    const parentId = wish.parentId === 'top' ? null : (wish.parentId ?? before.parent_id);
    const moves = parentId !== before.parent_id;
    const parent = parentId !== null && isId(parentId) ? await find(parentId) : undefined;
    if (moves && parentId !== null && !parent) {
      const message = 'must be a place of this organization';
      throw invalid('The parent is not there.', [{ path: '/parentId', code: 'place-unknown', message }]);
    }
    const faults = await standingFaults(inside, before, { ...wish, parentId }, kinds);
    const own = viewPlace(before).effective;
    const next = moves ? viewPlace({ ...before, ...inheritedFrom(parent) }).effective : own;
    return {
      ...(await countBelow(inside, id)),
      timezone: { from: own.timezone, to: next.timezone },
      labels: {
        gained: next.labels.filter((label) => !own.labels.includes(label)),
        lost: own.labels.filter((label) => !next.labels.includes(label)),
      },
      faults: [
        ...faults.map((fault) => viewFault(fault, [])),
        ...(wish.kind === undefined || wish.kind === before.kind
          ? []
          : await deviceFaults(inside, { ...before, kind: wish.kind }, kinds)),
      ],
    };
  });

/** What a place below this one inherits; undefined: at the top. */
const inheritedFrom = (parent: PlaceRow | undefined) => ({
  inherited_timezone: parent?.timezone ?? parent?.inherited_timezone ?? null,
  inherited_labels: [...(parent?.inherited_labels ?? []), ...(parent?.labels ?? [])],
});

async function countBelow({ db }: TransactionContext, id: string): Promise<{ places: number; devices: number }> {
  const { rows } = await sql<{ places: number; devices: number }>`
    with below as materialized (select id from places where id in ${placesBelow(id)})
    select (select count(*)::int from below) as places,
      (select count(*)::int from devices where place_id in (select id from below)) as devices`.execute(db);
  return rows[0] ?? { places: 0, devices: 0 };
}

/** Which devices would break a rule of the place's kind. */
async function deviceFaults(
  inside: TransactionContext,
  place: PlaceRow,
  kinds: PlaceKinds,
): Promise<PlaceEffect['faults']> {
  const groups = (await groupsOf(inside, [place.id])).get(place.id) ?? [];
  const devices = await inside.db
    .selectFrom('devices')
    .select(['device_id', 'type', 'role'])
    .where('place_id', '=', place.id)
    .orderBy('device_id')
    .execute();
  return (kinds.get(place.kind)?.devices ?? []).flatMap((rule) => {
    const { found, astray } = countByRule(rule, groups);
    const meant = devices.filter(({ type }) => isOfType(rule.type, type));
    const counted = meant.filter(({ role }) => rule.role === undefined || rule.role === role);
    const wrong = meant.filter(({ role }) => role !== null && rule.roles && !rule.roles.includes(role));
    return [
      ...(found > (rule.most ?? Infinity) ? [viewFault(fullFault('/kind', place.name, rule), counted)] : []),
      ...(astray > 0 ? [viewFault(roleFault('/kind', rule), wrong)] : []),
    ];
  });
}

const viewFault = ({ code = 'wrong-form', message, params }: Fault, devices: readonly { device_id: string }[]) => ({
  code,
  message,
  ...(params ? { params } : {}),
  deviceIds: devices.map(({ device_id }) => device_id),
});
