/** View state of the Places page as its address holds it. */
export interface PlacesSearch {
  /** Part of a place's name. */
  q?: string | undefined;
}

/** Reads an address written by us or by hand: what makes no sense counts as absent. Never throws. */
export const parsePlacesSearch = ({ q }: Record<string, unknown>): PlacesSearch =>
  typeof q === 'string' && q.trim() !== '' && q.length <= 120 ? { q } : {};
