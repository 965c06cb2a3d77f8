import type { PlaceWithHealth } from '@muster/contract/places';

/** What the page does with a place. */
export type PlaceAction =
  | { kind: 'add'; parentId: string | null }
  | { kind: 'edit'; place: PlaceWithHealth }
  /** `parentId`: where it was dropped; undefined: it is asked for. */
  | { kind: 'move'; place: PlaceWithHealth; parentId?: string | null }
  | { kind: 'delete'; place: PlaceWithHealth };
