import { mayStandIn, PLACE_LEVELS } from '@muster/contract/solution';
import { sql } from 'kysely';
import type { TransactionContext } from '../platform/context.ts';
import { inWhole } from '../platform/db/store.ts';
import { type Fault, invalid } from '../platform/errors.ts';
import type { PlaceKinds } from './kinds.ts';
import { placesBelow } from './tree.ts';

/** One change of the tree at a time: two that each are right could break a rule, or make a circle, together. */
export const lockTree = ({ db, organizationNumber }: TransactionContext) =>
  sql`select pg_advisory_xact_lock(hashtext('places'), ${organizationNumber})`.execute(db);

/** The kind of a place of this organization, locked so that it stays; undefined: there is no such place. */
export async function lockKind(ctx: TransactionContext, id: string): Promise<string | undefined> {
  const { rows } = await sql<{ kind: string }>`select kind from places where id = ${id} for no key update`.execute(
    ctx.db,
  );
  return rows[0]?.kind;
}

/** What is wrong with a place of this kind there; undefined: nothing. */
export function standingFault(kinds: PlaceKinds, kind: string, parentKind: string | null): Fault | undefined {
  const known = kinds.get(kind);
  if (mayStandIn(known, parentKind)) return undefined;
  const titles = known?.standsIn?.map((id) => (id === null ? 'the top' : (kinds.get(id)?.title.en ?? id))) ?? [];
  return {
    path: '/kind',
    code: 'kind-not-here',
    message: `${known?.title.en ?? kind} does not stand here: it stands in ${titles.join(', ')}`,
  };
}

/** @throws MusterError `invalid` when a place of this kind may not stand there */
export function checkStanding(kinds: PlaceKinds, kind: string, parentKind: string | null): void {
  const fault = standingFault(kinds, kind, parentKind);
  if (fault) throw refuseBy(fault);
}

export const refuseBy = (fault: Fault) => invalid(`${fault.message}.`, [fault]);

/** What is wrong with the places inside of one that gets another kind, if they were all right before; undefined: nothing. */
export async function childrenFault(
  ctx: TransactionContext,
  kinds: PlaceKinds,
  place: { id: string; kind: string },
  kind: string,
): Promise<Fault | undefined> {
  const { rows } = await sql<{ kind: string; name: string }>`
    select kind, name from places where parent_id = ${place.id}`.execute(ctx.db);
  for (const child of rows) {
    const inner = kinds.get(child.kind);
    if (mayStandIn(inner, kind) || !mayStandIn(inner, place.kind)) continue;
    const message = `${child.name} (${inner?.title.en ?? child.kind}) stands inside, and may not stand in this kind`;
    return { path: '/kind', code: 'kind-not-here', message };
  }
  return undefined;
}

/** What is wrong with a place standing there with all below it; undefined: nothing. */
export async function depthFault(
  ctx: TransactionContext,
  parentId: string,
  id: string | undefined,
): Promise<Fault | undefined> {
  const { rows } = await inWhole(ctx, () =>
    sql<{ above: number; below: number }>`
      with recursive up as (
        select id, parent_id, 1 as level from places where id = ${parentId}
        union all
        select p.id, p.parent_id, u.level + 1 from places p join up u on p.id = u.parent_id where u.level < 1000),
      down as (
        select id, 1 as level from places where id = ${id ?? null}::uuid
        union all
        select p.id, d.level + 1 from places p join down d on p.parent_id = d.id where d.level < 1000)
      select coalesce((select max(level) from up), 0) as above, coalesce((select max(level) from down), 1) as below`.execute(
      ctx.db,
    ),
  );
  const { above, below } = rows[0] ?? { above: 0, below: 1 };
  return above + below > PLACE_LEVELS ? deepFault : undefined;
}

export const deepFault: Fault = {
  path: '/parentId',
  code: 'place-deep',
  message: `A tree of places has at most ${PLACE_LEVELS} levels`,
  params: { most: PLACE_LEVELS },
};

/** What is wrong with moving a place there; undefined: nothing. */
export async function circleFault(ctx: TransactionContext, id: string, parentId: string): Promise<Fault | undefined> {
  const { rows } = await sql<{ below: boolean }>`select ${parentId}::uuid in ${placesBelow(id)} as below`.execute(
    ctx.db,
  );
  if (!rows[0]?.below) return undefined;
  return { path: '/parentId', code: 'place-circle', message: 'A place can not stand inside itself' };
}
