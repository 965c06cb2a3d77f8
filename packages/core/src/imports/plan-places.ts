import type { placeColumns } from '@muster/contract/imports';
import { routes } from '@muster/contract/routes';
import { PLACE_LEVELS } from '@muster/contract/solution';
import type { SortedTree } from '../places/index.ts';
import {
  deepFault,
  isTimezone,
  type PlaceKinds,
  type PlaceNode,
  pathOf,
  standingFault,
  walk,
} from '../places/index.ts';
import { splitLabels } from '../platform/csv-labels.ts';
import { newId } from '../platform/uuid.ts';
import { createCellCheck, type Problems, readAttributes, sameList, sameObject } from './cells.ts';
import type { RowOutcome } from './report.ts';
import type { Table, TableRow } from './table.ts';

export type PlaceColumn = (typeof placeColumns)[number];

/** What a place has when all is done. */
export interface PlannedPlace {
  id: string;
  parentId: string | null;
  slug: string;
  name: string;
  kind: string;
  address: string | null;
  timezone: string | null;
  labels: string[];
  capacity: number | null;
  attributes: Record<string, unknown>;
}

export interface PlacePlan {
  outcomes: RowOutcome[];
  create: PlannedPlace[];
  change: PlannedPlace[];
  /** Places that get another kind, with the row that says so. */
  newKinds: Map<string, number>;
}

/** A row with the place that it is about. */
interface Wish {
  row: TableRow<PlaceColumn>;
  /** Undefined: a new one. */
  node: PlaceNode | undefined;
  id: string;
  path: string;
}

const { properties } = routes.places.create.body;
const check = createCellCheck({
  name: properties.name,
  kind: properties.kind,
  address: properties.address,
  timezone: properties.timezone,
  labels: properties.labels,
  capacity: properties.capacity,
  attributes: properties.attributes,
  slug: properties.slug,
});

/** Says what becomes of the tree by this file; nothing is written. @param everywhere the caller may change the whole tree */
export function planPlaces(
  { rows }: Table<PlaceColumn>,
  tree: SortedTree,
  kinds: PlaceKinds,
  everywhere: boolean,
  problems: Problems,
): PlacePlan {
  const wishes = matchRows(rows, tree, problems);
  const plan: PlacePlan = { outcomes: [], create: [], change: [], newKinds: new Map() };
  const planned = new Map<string, PlannedPlace>();
  const stands = settle(wishes, tree, everywhere, problems);
  for (const wish of wishes) {
    const parentId = stands.get(wish.id);
    const place = readPlace(wish, parentId ?? null, kinds, problems);
    planned.set(wish.id, place);
    if (parentId === undefined || problems.rows.has(wish.row.row)) continue;
    const columns = differing(wish.node, place);
    const what = wish.node ? (columns.length > 0 ? 'change' : 'leave') : 'create';
    plan.outcomes.push({ row: wish.row.row, what, name: place.name, columns: what === 'change' ? columns : [] });
    if (what === 'create') plan.create.push(place);
    if (what === 'change') plan.change.push(place);
    if (wish.node && wish.node.row.kind !== place.kind) plan.newKinds.set(place.id, wish.row.row);
  }
  checkKinds(wishes, planned, tree, kinds, problems);
  return plan;
}

/** Which place each row is about: by id, else by the path where one stands now. */
function matchRows(rows: readonly TableRow<PlaceColumn>[], tree: SortedTree, problems: Problems): Wish[] {
  const byPath = Map.groupBy(walk(tree.roots), pathOf);
  const ids = new Set<string>();
  const paths = new Set<string>();
  const named = new Set(rows.map(({ cells }) => cells.id).filter(Boolean));
  const wishes: Wish[] = [];
  for (const row of rows) {
    const path = row.cells.path ?? '';
    const slugs = path.split('/');
    if (path === '') {
      problems.add(row.row, 'path', 'missing', 'is needed');
      continue;
    }
    if (!slugs.every((slug) => check(problems, row.row, 'slug', slug) || renameLast(problems, 'path'))) continue;
    const here = (byPath.get(path) ?? []).filter(({ row: { id } }) => !named.has(id));
    if (!row.cells.id && here.length > 1) {
      problems.add(row.row, 'path', 'not-one', 'Several places have this path here: name it by its id');
      continue;
    }
    const node = row.cells.id ? tree.byId.get(row.cells.id) : here[0];
    if (row.cells.id && !node) {
      problems.add(row.row, 'id', 'place-unknown', 'is no place that you may change');
      continue;
    }
    const id = node?.row.id ?? newId();
    if (ids.has(id) || paths.has(path)) {
      problems.add(row.row, row.cells.id ? 'id' : 'path', 'row-twice', 'An earlier row is about the same place');
      continue;
    }
    ids.add(id);
    paths.add(path);
    wishes.push({ row, node, id, path });
  }
  return wishes;
}

/** The column of the file whose part was checked. Answers false. */
function renameLast({ list }: Problems, column: string): false {
  const last = list.at(-1);
  if (last) last.column = column;
  return false;
}

/**
 * Where everything stands in the end: from the top down, rows below what stands there by then. Places that the file does not name
 * move along with their parents.
 */
function settle(
  wishes: readonly Wish[],
  tree: SortedTree,
  everywhere: boolean,
  problems: Problems,
): Map<string, string | null> {
  const wished = new Map(wishes.map((wish) => [wish.id, wish]));
  const below = Map.groupBy(wishes, ({ path }) => path.split('/').slice(0, -1).join('/'));
  const stands = new Map<string, string | null>();
  const taken = new Map<string, string>();
  const place = (id: string, node: PlaceNode | undefined, path: string, parentId: string | null, level: number) => {
    const wish = wished.get(id);
    const other = taken.get(path);
    // who sees some places only may see two of the same slug at his top
    if (other !== undefined && (level > 1 || everywhere)) {
      const row = (wish ?? wished.get(other))?.row.row;
      if (row !== undefined) problems.add(row, 'path', 'taken', 'Another place has this path');
      return;
    }
    taken.set(path, id);
    if (wish && level > PLACE_LEVELS)
      problems.add(wish.row.row, 'path', 'place-deep', deepFault.message, deepFault.params);
    stands.set(id, parentId);
    for (const inside of below.get(path) ?? []) place(inside.id, inside.node, inside.path, id, level + 1);
    for (const child of node?.children ?? [])
      if (!wished.has(child.row.id)) place(child.row.id, child, `${path}/${child.row.slug}`, id, level + 1);
  };
  for (const wish of below.get('') ?? []) {
    const isTop = wish.node !== undefined && wish.node.parent === undefined;
    if (!isTop && !everywhere)
      problems.add(wish.row.row, 'path', 'outside', 'lies outside of the places that you may change');
    else place(wish.id, wish.node, wish.path, isTop ? (wish.node?.row.parent_id ?? null) : null, 1);
  }
  for (const root of tree.roots)
    if (!wished.has(root.row.id)) place(root.row.id, root, root.row.slug, root.row.parent_id, 1);
  const old = new Set([...walk(tree.roots)].map(pathOf));
  for (const { id, path, row } of wishes) {
    if (stands.has(id) || problems.rows.has(row.row)) continue;
    const above = path.split('/').slice(0, -1).join('/');
    if (old.has(above)) problems.add(row.row, 'path', 'place-circle', 'The place above it moves away or below it');
    else problems.add(row.row, 'path', 'place-unknown', 'There is no place above it, in the file or here');
  }
  return stands;
}

/** The place as its row wants it; what the file does not say stays. */
function readPlace(
  { row: { row, cells }, node, id, path }: Wish,
  parentId: string | null,
  kinds: PlaceKinds,
  problems: Problems,
): PlannedPlace {
  const before = node?.row;
  const said = (column: PlaceColumn, now: string | null | undefined) => cells[column] ?? now ?? '';
  const name = said('name', before?.name);
  const kind = said('kind', before?.kind);
  for (const [column, value] of [
    ['name', name],
    ['kind', kind],
  ] as const) {
    if (value === '') problems.add(row, column, 'missing', 'is needed');
    else check(problems, row, column, value);
  }
  if (kind !== '' && kind !== before?.kind && !kinds.has(kind))
    problems.add(row, 'kind', 'kind-unknown', `must be one of ${[...kinds.keys()].join(', ')}`);
  const timezone = said('timezone', before?.timezone) || null;
  if (timezone !== null && !isTimezone(timezone))
    problems.add(row, 'timezone', 'timezone-unknown', 'must be an IANA name such as Europe/Warsaw');
  const address = said('address', before?.address) || null;
  if (address !== null) check(problems, row, 'address', address);
  const labels = cells.labels === undefined ? (before?.labels ?? []) : splitLabels(cells.labels);
  check(problems, row, 'labels', labels);
  const capacity = cells.capacity === undefined ? (before?.capacity ?? null) : readNumber(cells.capacity);
  if (capacity !== null) check(problems, row, 'capacity', capacity);
  const attributes =
    cells.attributes === undefined ? ((before?.attributes ?? {}) as object) : readAttributes(cells.attributes);
  if (attributes === undefined) problems.add(row, 'attributes', 'wrong-form', 'must be a JSON object');
  else check(problems, row, 'attributes', attributes);
  const slug = path.split('/').at(-1) as string;
  return {
    id,
    parentId,
    slug,
    name,
    kind,
    address,
    timezone,
    labels,
    capacity,
    attributes: (attributes ?? {}) as Record<string, unknown>,
  };
}

const readNumber = (cell: string): number | null => (cell === '' ? null : /^\d{1,9}$/.test(cell) ? Number(cell) : -1);

function differing(node: PlaceNode | undefined, place: PlannedPlace): PlaceColumn[] {
  if (!node) return [];
  const { row } = node;
  const columns: PlaceColumn[] = [];
  if (row.parent_id !== place.parentId || row.slug !== place.slug) columns.push('path');
  for (const column of ['name', 'kind', 'address', 'timezone', 'capacity'] as const)
    if (row[column] !== place[column]) columns.push(column);
  if (!sameList(row.labels, place.labels)) columns.push('labels');
  if (!sameObject(row.attributes as object, place.attributes)) columns.push('attributes');
  return columns;
}

/** No place stands where its kind may not, unless it did so before. */
function checkKinds(
  wishes: readonly Wish[],
  planned: ReadonlyMap<string, PlannedPlace>,
  tree: SortedTree,
  kinds: PlaceKinds,
  problems: Problems,
): void {
  const kindOf = (id: string | null) =>
    id === null ? null : (planned.get(id)?.kind ?? tree.byId.get(id)?.row.kind ?? undefined);
  const isWrong = (kind: string, parentKind: string | null | undefined) =>
    parentKind === undefined ? undefined : standingFault(kinds, kind, parentKind);
  for (const { id, node, row } of wishes) {
    const place = planned.get(id);
    if (!place || problems.rows.has(row.row)) continue;
    const parentKind = kindOf(place.parentId);
    const moved =
      node?.row.parent_id !== place.parentId || node.row.kind !== place.kind || node.parent?.row.kind !== parentKind;
    const fault = moved ? isWrong(place.kind, parentKind) : undefined;
    if (fault && !wasWrong(node, place, kinds)) problems.add(row.row, 'kind', 'kind-not-here', fault.message);
    if (!node || node.row.kind === place.kind) continue;
    for (const child of node.children) {
      if (planned.has(child.row.id)) continue;
      const inner = isWrong(child.row.kind, place.kind);
      if (!inner || isWrong(child.row.kind, node.row.kind)) continue;
      const message = `${child.row.name} stands inside, and may not stand in this kind`;
      problems.add(row.row, 'kind', 'kind-not-here', message);
    }
  }
}

/** Did it stand wrongly before, as the same kind in the same place? */
const wasWrong = (node: PlaceNode | undefined, place: PlannedPlace, kinds: PlaceKinds): boolean =>
  node !== undefined &&
  node.row.kind === place.kind &&
  node.row.parent_id === place.parentId &&
  standingFault(kinds, node.row.kind, node.parent?.row.kind ?? null) !== undefined;
