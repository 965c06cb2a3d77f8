import { useMemo, useState } from 'react';
import type { PlaceNode, PlaceTree } from '../../data/place-tree.ts';

/** A tree of so many is shown whole at first; of a larger one only the roots. */
const SHOWN_WHOLE = 200;

/** Which branches of the tree are open, and what is seen because of it. */
export const useOpenPlaces = (tree: PlaceTree) => {
  const [changed, setChanged] = useState<ReadonlySet<string>>(new Set());
  const openAtFirst = tree.nodes.length <= SHOWN_WHOLE;
  const isOpen = (node: PlaceNode): boolean => changed.has(node.place.id) !== openAtFirst;

  const visible = useMemo(() => {
    const seen: PlaceNode[] = [];
    const walk = (nodes: readonly PlaceNode[]) => {
      for (const node of nodes) {
        seen.push(node);
        if (changed.has(node.place.id) !== openAtFirst) walk(node.children);
      }
    };
    walk(tree.roots);
    return seen;
  }, [tree, changed, openAtFirst]);

  const toggle = ({ place: { id } }: PlaceNode) =>
    setChanged((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });

  return { isOpen, toggle, visible };
};
