import { type DragEvent, useState } from 'react';
import { useKindRules } from '../../data/place-kinds.ts';
import { isWithin, type PlaceNode } from '../../data/place-tree.ts';

interface DragHandlers {
  draggable: boolean;
  'data-drag': 'over' | 'moving' | undefined;
  onDragStart(event: DragEvent): void;
  onDragEnd(): void;
  onDragOver(event: DragEvent): void;
  onDragLeave(): void;
  onDrop(event: DragEvent): void;
}

export interface PlaceDrag {
  /** Something is dragged that may stand at the top, where it does not stand yet. */
  fitsTop: boolean;
  of(node: PlaceNode): DragHandlers;
  /** For where a place is dropped that shall stand in no other. */
  ofTop(): Pick<DragHandlers, 'data-drag' | 'onDragOver' | 'onDragLeave' | 'onDrop'>;
}

const TOP = 'top';

/**
 * Drags a place into another one, where its kind may stand there. What a drop would do is asked before it is done.
 * @param onDrop the place, and where it shall stand; null: at the top
 */
export const usePlaceDrag = (onDrop: (node: PlaceNode, parentId: string | null) => void): PlaceDrag => {
  const { fits } = useKindRules();
  const [moving, setMoving] = useState<PlaceNode | null>(null);
  const [over, setOver] = useState<string | null>(null);

  const takes = (target: PlaceNode | null): boolean =>
    moving !== null &&
    moving.place.parentId !== (target?.place.id ?? null) &&
    !(target && isWithin(moving, target.place.id)) &&
    fits(moving.place.kind, target);

  const end = () => {
    setMoving(null);
    setOver(null);
  };
  const target = (node: PlaceNode | null) => ({
    onDragOver: (event: DragEvent) => {
      if (!takes(node)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'move';
      setOver(node?.place.id ?? TOP);
    },
    onDragLeave: () => setOver(null),
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      if (moving && takes(node)) onDrop(moving, node?.place.id ?? null);
      end();
    },
  });
  return {
    fitsTop: takes(null),
    of: (node) => ({
      draggable: true,
      'data-drag': over === node.place.id ? 'over' : moving === node ? 'moving' : undefined,
      onDragStart: (event) => {
        event.dataTransfer.effectAllowed = 'move';
        event.dataTransfer.setData('text/plain', node.place.name);
        setMoving(node);
      },
      onDragEnd: end,
      ...target(node),
    }),
    ofTop: () => ({ 'data-drag': over === TOP ? 'over' : undefined, ...target(null) }),
  };
};
