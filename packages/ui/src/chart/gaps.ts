/** `[from, to]` in ms. */
export type Stretch = [from: number, to: number];

/** The usual time between neighbours of a sorted list of times, ms; 0 for fewer than three. */
export const medianSpacing = (times: readonly number[]): number => {
  if (times.length < 3) return 0;
  const spacings = new Float64Array(times.length - 1);
  for (let i = 1; i < times.length; i++) spacings[i - 1] = (times[i] ?? 0) - (times[i - 1] ?? 0);
  spacings.sort();
  return spacings[spacings.length >> 1] ?? 0;
};

/**
 * How long nothing may come before it is a gap, ms: three times the usual interval, or the width of a bucket where that is longer.
 * @param spacing what the values themselves show, for a device whose type does not know its interval; else 0
 */
export const gapThreshold = (intervalMs: number, resolution: number, spacing = 0): number =>
  3 * Math.max(intervalMs, resolution, spacing);

/** Stretches of `[from, to]` longer than `threshold` without a value, edges included. `times` is sorted. */
export const findGaps = (times: readonly number[], from: number, to: number, threshold: number): Stretch[] => {
  const gaps: Stretch[] = [];
  let previous = from;
  for (const time of times) {
    if (time >= to) break;
    if (time <= from) {
      // A value just before the edge reaches into the window as far as the threshold allows.
      previous = Math.max(time, from - threshold);
      continue;
    }
    if (time - previous > threshold) gaps.push([Math.max(previous, from), time]);
    previous = time;
  }
  const after = times.at(-1);
  const end = after !== undefined && after >= to ? firstFrom(times, to) : to;
  if (end - previous > threshold) gaps.push([Math.max(previous, from), to]);
  return gaps;
};

const firstFrom = (times: readonly number[], edge: number): number => times.find((time) => time >= edge) ?? edge;

/** What two sorted lists of stretches have in common. */
export const intersect = (a: readonly Stretch[], b: readonly Stretch[]): Stretch[] => {
  const common: Stretch[] = [];
  let i = 0;
  let j = 0;
  for (;;) {
    const left = a[i];
    const right = b[j];
    if (!left || !right) return common;
    const from = Math.max(left[0], right[0]);
    const to = Math.min(left[1], right[1]);
    if (to > from) common.push([from, to]);
    if (left[1] < right[1]) i++;
    else j++;
  }
};

/** What is left of sorted stretches without what the others cover. */
export const subtract = (stretches: readonly Stretch[], covered: readonly Stretch[]): Stretch[] => {
  const left: Stretch[] = [];
  for (const [from, to] of stretches) {
    let start = from;
    for (const [coveredFrom, coveredTo] of covered) {
      if (coveredTo <= start) continue;
      if (coveredFrom >= to) break;
      if (coveredFrom > start) left.push([start, coveredFrom]);
      start = coveredTo;
    }
    if (start < to) left.push([start, to]);
  }
  return left;
};

/** Joins a stretch to a sorted list of them; stretches nearer than `slack` become one. Changes the list. */
export const addStretch = (stretches: Stretch[], from: number, to: number, slack: number): void => {
  let at = stretches.length;
  while (at > 0 && (stretches[at - 1]?.[0] ?? 0) > from) at--;
  stretches.splice(at, 0, [from, to]);
  for (let i = Math.max(1, at); i < stretches.length && i <= at + 1; ) {
    const before = stretches[i - 1];
    const here = stretches[i];
    if (!before || !here || here[0] - before[1] > slack) {
      i++;
      continue;
    }
    before[1] = Math.max(before[1], here[1]);
    stretches.splice(i, 1);
  }
};

/** Is a moment inside one of the stretches? */
export const within = (stretches: readonly Stretch[], ts: number): boolean =>
  stretches.some(([from, to]) => ts >= from && ts <= to);
