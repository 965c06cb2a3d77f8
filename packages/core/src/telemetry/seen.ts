/**
 * The numbers seen of one start (`boot`) of a device, as closed intervals in order: a device that counts without gaps
 * costs one interval however long it runs.
 */
export interface Seen {
  starts: number[];
  ends: number[];
}

/**
 * Gaps that one start may leave open. Beyond it the oldest interval is forgotten: a message repeated from there is stored
 * a second time, which is the lesser evil than dropping one that was never stored.
 */
const MAXIMUM_INTERVALS = 1000;

export const emptySeen = (): Seen => ({ starts: [], ends: [] });

/** Adds a number; false when it was there already. */
export function see(seen: Seen, number: number): boolean {
  const { starts, ends } = seen;
  const last = ends.length - 1;
  if (last >= 0) {
    const end = ends[last] as number;
    if (number === end + 1) {
      ends[last] = number;
      return true;
    }
    if (number <= end) return seeInside(seen, number);
  }
  starts.push(number);
  ends.push(number);
  forgetOldest(seen);
  return true;
}

function forgetOldest({ starts, ends }: Seen): void {
  if (starts.length <= MAXIMUM_INTERVALS) return;
  starts.shift();
  ends.shift();
}

/** Takes a number back: it was refused by the store. */
export function forget({ starts, ends }: Seen, number: number): void {
  const at = intervalBefore(starts, number);
  if (at < 0 || (ends[at] as number) < number) return;
  const [start, end] = [starts[at] as number, ends[at] as number];
  const pieces: [number, number][] = [];
  if (start < number) pieces.push([start, number - 1]);
  if (number < end) pieces.push([number + 1, end]);
  starts.splice(at, 1, ...pieces.map((piece) => piece[0]));
  ends.splice(at, 1, ...pieces.map((piece) => piece[1]));
}

/** As PostgreSQL's `int8multirange` writes it. */
export const formatSeen = ({ starts, ends }: Seen): string =>
  `{${starts.map((start, index) => `[${start},${(ends[index] as number) + 1})`).join(',')}}`;

export function parseSeen(text: string): Seen {
  const seen = emptySeen();
  for (const [, start, end] of text.matchAll(/\[(-?\d+),(-?\d+)\)/g)) {
    seen.starts.push(Number(start));
    seen.ends.push(Number(end) - 1);
  }
  return seen;
}

function seeInside(seen: Seen, number: number): boolean {
  const { starts, ends } = seen;
  const at = intervalBefore(starts, number);
  if (at >= 0 && number <= (ends[at] as number)) return false;
  const touchesBefore = at >= 0 && (ends[at] as number) === number - 1;
  const touchesAfter = starts[at + 1] === number + 1;
  if (touchesBefore && touchesAfter) {
    ends[at] = ends[at + 1] as number;
    starts.splice(at + 1, 1);
    ends.splice(at + 1, 1);
  } else if (touchesBefore) {
    ends[at] = number;
  } else if (touchesAfter) {
    starts[at + 1] = number;
  } else {
    starts.splice(at + 1, 0, number);
    ends.splice(at + 1, 0, number);
    forgetOldest(seen);
  }
  return true;
}

/** Index of the last interval that starts at or before `number`; -1: none. */
function intervalBefore(starts: number[], number: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] as number) <= number) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
