import type { Place } from '@muster/contract/places';

/** What the page does with a place. */
export type PlaceAction =
  | { kind: 'add'; parentId: string | null }
  | { kind: 'edit'; place: Place }
  | { kind: 'delete'; place: Place };
