import type { PlaceWithHealth } from '@muster/contract/places';

export interface PlaceNode {
  place: PlaceWithHealth;
  /** 0: a root. */
  depth: number;
  /** Names from the root to the place. */
  path: readonly string[];
  children: readonly PlaceNode[];
}

/** Places in the order of their tree. */
export interface PlaceTree {
  roots: readonly PlaceNode[];
  /** All of them, each before its children, siblings by name. */
  nodes: readonly PlaceNode[];
  find(id: string | null | undefined): PlaceNode | undefined;
}

/** Builds the tree of a list of places. A place whose parent is not in the list stands at the root; a circle is cut. */
export const createPlaceTree = (places: readonly PlaceWithHealth[]): PlaceTree => {
  const known = new Set(places.map((place) => place.id));
  const below = Map.groupBy(places, ({ parentId }) => (parentId !== null && known.has(parentId) ? parentId : null));
  const nodes: PlaceNode[] = [];
  const byId = new Map<string, PlaceNode>();

  const grow = (parentId: string | null, depth: number, path: readonly string[]): PlaceNode[] => {
    const siblings = (below.get(parentId) ?? []).filter((place) => !byId.has(place.id));
    siblings.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
    return siblings.map((place) => {
      const children: PlaceNode[] = [];
      const node = { place, depth, path: [...path, place.name], children };
      nodes.push(node);
      byId.set(place.id, node);
      children.push(...grow(place.id, depth + 1, node.path));
      return node;
    });
  };

  const roots = grow(null, 0, []);
  return { roots, nodes, find: (id) => (id ? byId.get(id) : undefined) };
};

/** Is a place the other one, or below it? */
export const isWithin = (node: PlaceNode, id: string): boolean =>
  node.place.id === id || node.children.some((child) => isWithin(child, id));

/** The path of a place as people read it: `Hall A / Bench 5`. */
export const pathOf = (node: PlaceNode): string => node.path.join(' / ');
