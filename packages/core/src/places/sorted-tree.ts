import { sql } from 'kysely';
import type { TransactionContext } from '../platform/context.ts';
import type { PlaceRow } from './view.ts';

/** A place among those that the caller sees. */
export interface PlaceNode {
  row: PlaceRow;
  parent: PlaceNode | undefined;
  /** By name. */
  children: PlaceNode[];
}

/** The places that the caller sees. Who sees some only has the uppermost of those at the top. */
export interface SortedTree {
  roots: readonly PlaceNode[];
  byId: ReadonlyMap<string, PlaceNode>;
}

/** Bench 2 before Bench 10, in every language: as the tables sort. */
const natural = new Intl.Collator('und', { numeric: true });

const compareNodes = (one: Pick<PlaceRow, 'name' | 'id'>, other: Pick<PlaceRow, 'name' | 'id'>): number =>
  natural.compare(one.name, other.name) || (one.id < other.id ? -1 : one.id > other.id ? 1 : 0);

/** All places at once: a tree is small beside its devices, and health needs all of it anyway. */
export async function readTree({ db }: TransactionContext): Promise<SortedTree> {
  const { rows } = await sql<PlaceRow>`select * from places`.execute(db);
  return growTree(rows);
}

function growTree(rows: readonly PlaceRow[]): SortedTree {
  const byId = new Map<string, PlaceNode>(rows.map((row) => [row.id, { row, parent: undefined, children: [] }]));
  const roots: PlaceNode[] = [];
  for (const node of byId.values()) {
    node.parent = node.row.parent_id === null ? undefined : byId.get(node.row.parent_id);
    (node.parent?.children ?? roots).push(node);
  }
  const sort = (nodes: PlaceNode[]) => nodes.sort((one, other) => compareNodes(one.row, other.row));
  sort(roots);
  for (const { children } of byId.values()) if (children.length > 1) sort(children);
  return { roots, byId };
}

/** Parents before their children. */
export function* walk(nodes: readonly PlaceNode[]): Generator<PlaceNode> {
  for (const node of nodes) {
    yield node;
    yield* walk(node.children);
  }
}

/** Slugs from the uppermost place that the caller sees: `warsaw/terminal-1`. */
export const pathOf = ({ parent, row }: PlaceNode): string => (parent ? `${pathOf(parent)}/${row.slug}` : row.slug);
