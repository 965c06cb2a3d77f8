/** Something that happened at a moment (ms). */
export interface Mark {
  ts: number;
  label: string;
}

/** Marks too near to each other to be told apart, at the place of the first. */
export interface MarkCluster {
  /** Pixels from the left edge of the plot. */
  x: number;
  marks: Mark[];
}

/**
 * Puts marks on a plot; those nearer than `distance` pixels to the first of a cluster join it.
 * @param marks by time
 * @param toPixel where a moment lies
 */
export const clusterMarks = (
  marks: readonly Mark[],
  from: number,
  to: number,
  toPixel: (ts: number) => number,
  distance: number,
): MarkCluster[] => {
  const clusters: MarkCluster[] = [];
  for (const mark of marks) {
    if (mark.ts < from || mark.ts > to) continue;
    const x = toPixel(mark.ts);
    const last = clusters.at(-1);
    if (last && x - last.x < distance) last.marks.push(mark);
    else clusters.push({ x, marks: [mark] });
  }
  return clusters;
};
