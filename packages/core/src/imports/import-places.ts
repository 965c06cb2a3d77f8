import { type ImportReport, placeColumns } from '@muster/contract/imports';
import { sql } from 'kysely';
import { groupsOf, inheritBelow, lockTree, type PlaceKinds, readTree } from '../places/index.ts';
import { tell } from '../platform/bus.ts';
import type { Context, TransactionContext } from '../platform/context.ts';
import { type Db, inWhole } from '../platform/db/store.ts';
import { mutation, reading } from '../platform/mutation.ts';
import { createProblems } from './cells.ts';
import { checkGroups } from './check-groups.ts';
import { type PlacePlan, type PlannedPlace, planPlaces } from './plan-places.ts';
import { makeReport, refuseProblems } from './report.ts';
import { readTable } from './table.ts';

/**
 * Creates and changes places by a file: all of it, or nothing.
 * @throws MusterError `invalid` with every problem, unless it is a dry run; `too_large`
 */
export function importPlaces(
  db: Db,
  ctx: Context,
  bytes: Uint8Array,
  dryRun: boolean,
  kinds: PlaceKinds,
): Promise<ImportReport> {
  const table = readTable(bytes, placeColumns, ['path']);
  const everywhere = ctx.grants.get('place:write') === 'everywhere';
  const prepare = async (inside: TransactionContext) => {
    const problems = createProblems(table.problems);
    const plan = planPlaces(table, await readTree(inside), kinds, everywhere, problems);
    await checkNewKinds(inside, plan, kinds, problems);
    const rows = table.rows.length + new Set(table.problems.map(({ row }) => row)).size;
    return { plan, problems, report: makeReport(dryRun, rows, plan.outcomes, problems) };
  };
  if (dryRun) return reading(db, ctx, 'place:write', async (inside) => (await prepare(inside)).report);
  return mutation(db, ctx, 'place:write', async (inside) => {
    await lockTree(inside);
    const { plan, problems, report } = await prepare(inside);
    refuseProblems(problems);
    // that all of it lies where the caller may change something was looked at; what he makes is in his sight only by its parent
    await inWhole(inside, () => write(inside, plan));
    await tell(inside, { kind: 'access.changed', organizationId: ctx.organizationId });
    const { rows, created, changed, left } = report;
    return [report, { action: 'places.imported', object: 'places', details: { rows, created, changed, left } }];
  });
}

/** Devices that stand in a place stay within the rules of its new kind. */
async function checkNewKinds(
  inside: TransactionContext,
  { change, newKinds }: PlacePlan,
  kinds: PlaceKinds,
  problems: ReturnType<typeof createProblems>,
): Promise<void> {
  const ids = [...newKinds.keys()];
  if (ids.length === 0) return;
  // locked until the end, so that no device comes in by the rules of the old kind
  await sql`select from places where id = any(${ids}::uuid[]) order by id for no key update`.execute(inside.db);
  const groups = await inWhole(inside, () => groupsOf(inside, ids));
  for (const { id, name, kind } of change) {
    const row = newKinds.get(id);
    if (row === undefined) continue;
    for (const { code = 'wrong-form', message, params } of checkGroups(kinds.get(kind), name, groups.get(id) ?? []))
      problems.add(row, 'kind', code, message, params);
  }
}

async function write(inside: TransactionContext, { create, change }: PlacePlan): Promise<void> {
  const { db, organizationId } = inside;
  if (change.length > 0) {
    // slugs that are exchanged, or taken by a new place, would clash on the way
    const ids = change.map(({ id }) => id);
    await sql`update places set slug = '~' || id where id = any(${ids}::uuid[])`.execute(db);
  }
  if (create.length > 0)
    await sql`insert into places (id, organization_id, parent_id, kind, name, slug, address, timezone, labels, capacity, attributes)
      select id, ${organizationId}, parent_id, kind, name, slug, address, timezone, labels, capacity, attributes from ${recordset(create)}`.execute(
      db,
    );
  if (change.length > 0) {
    await sql`update places p set parent_id = r.parent_id, kind = r.kind, name = r.name, slug = r.slug, address = r.address,
        timezone = r.timezone, labels = r.labels, capacity = r.capacity, attributes = r.attributes, version = p.version + 1
      from ${recordset(change)} where p.id = r.id`.execute(db);
  }
  const touched = [...create, ...change].map(({ id }) => id);
  const tops = topsOf(create, change);
  if (touched.length > 0) await inheritBelow(inside, tops);
}

/** Those whose parent is not touched: the others inherit from them. */
function topsOf(create: readonly PlannedPlace[], change: readonly PlannedPlace[]): string[] {
  const all = [...create, ...change];
  const ids = new Set(all.map(({ id }) => id));
  return all.filter(({ parentId }) => parentId === null || !ids.has(parentId)).map(({ id }) => id);
}

const recordset = (places: readonly PlannedPlace[]) =>
  sql`jsonb_to_recordset(${JSON.stringify(places.map(({ parentId, ...place }) => ({ ...place, parent_id: parentId })))}::jsonb)
    as r(id uuid, parent_id uuid, kind text, name text, slug text, address text, timezone text, labels text[], capacity integer, attributes jsonb)`;
