/** How much wider than the narrowest of its row a tile may be. */
const LARGEST_RATIO = 2;

export interface TileRow<T> {
  tile: T;
  /** Share of the row's width, relative to its neighbours. */
  weight: number;
}

/**
 * Lays tiles out in full rows, in their order, each as wide as the root of its size: ten times the devices is about three
 * times the width.
 * @param perRow how many fit beside each other
 */
export const tileRows = <T>(tiles: readonly T[], sizeOf: (tile: T) => number, perRow: number): TileRow<T>[][] => {
  const count = Math.ceil(tiles.length / Math.max(1, perRow));
  const rows: TileRow<T>[][] = [];
  let next = 0;
  for (let row = 0; row < count; row++) {
    // Rows of alike length: a single tile left over would be as wide as all others together.
    const length = Math.ceil((tiles.length - next) / (count - row));
    const members = tiles.slice(next, next + length);
    next += length;
    const roots = members.map((tile) => Math.sqrt(Math.max(1, sizeOf(tile))));
    const smallest = Math.max(...roots) / LARGEST_RATIO;
    rows.push(members.map((tile, index) => ({ tile, weight: Math.max(smallest, roots[index] ?? 1) })));
  }
  return rows;
};
