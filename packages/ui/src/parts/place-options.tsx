import { Combobox } from '@mantine/core';
import type { PlaceNode, PlaceTree } from '../data/place-tree.ts';
import classes from './place-options.module.css';

const MAXIMUM = 100;

/** Places that a search finds: all of them as a tree without one, else those whose path holds every word. */
export const findPlaces = (tree: PlaceTree, search: string): readonly PlaceNode[] => {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return tree.nodes.slice(0, MAXIMUM);
  return tree.nodes
    .filter((node) => {
      const path = node.path.join(' ').toLowerCase();
      return words.every((word) => path.includes(word));
    })
    .slice(0, MAXIMUM);
};

interface PlaceOptionsProps {
  nodes: readonly PlaceNode[];
  /** Ids of those that cannot be chosen. */
  disabled?: (node: PlaceNode) => boolean;
  selected: string | null | undefined;
  /** The nodes were searched for: show where they are instead of how deep. */
  flat: boolean;
}

/** Places as options of a combobox. */
export const PlaceOptions = ({ nodes, disabled, selected, flat }: PlaceOptionsProps) =>
  nodes.map((node) => (
    <Combobox.Option
      key={node.place.id}
      value={node.place.id}
      active={node.place.id === selected}
      disabled={disabled?.(node) ?? false}
      className={classes.option}
    >
      <span className={classes.name} style={flat ? undefined : { paddingInlineStart: node.depth * 16 }}>
        {node.place.name}
      </span>
      {flat && node.depth > 0 ? <span className={classes.path}>{node.path.slice(0, -1).join(' / ')}</span> : null}
    </Combobox.Option>
  ));
