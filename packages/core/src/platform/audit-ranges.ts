/** Numbers of entries of an audit trail, from the first to the last of them. */
type Range = [first: number, last: number];

/** Numbers of entries as an entry names them: `2-4,7`. */
export function writeRanges(numbers: readonly number[]): string {
  const ranges: Range[] = [];
  for (const number of numbers.toSorted((one, other) => one - other)) append(ranges, number);
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}

/** What was written by `writeRanges`; nothing of what was not. */
function readRanges(text: string): Range[] {
  if (!/^\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*$/.test(text)) return [];
  return text.split(',').map((range) => {
    const [first, last = first] = range.split('-').map(Number);
    return [first, last] as Range;
  });
}

/** Which erased entries of a trail no later entry has accounted for so far. */
export interface Unrecorded {
  /** In the order of the numbers. */
  add(number: number): void;
  /** @param ranges as an entry names those that it erased */
  settle(ranges: string): void;
  first(): number | undefined;
}

/** As many ranges in memory as there are gaps between erased entries, however long the trail is. */
export function createUnrecorded(): Unrecorded {
  let open: Range[] = [];
  return {
    add: (number) => append(open, number),
    settle(ranges) {
      open = without(open, readRanges(ranges));
    },
    first: () => open[0]?.[0],
  };
}

function append(ranges: Range[], number: number): void {
  const end = ranges.at(-1);
  if (end && end[1] + 1 === number) end[1] = number;
  else ranges.push([number, number]);
}

/** Both in the order of their numbers: one way along them, since a person may have left thousands of ranges. */
function without(ranges: Range[], taken: Range[]): Range[] {
  const left: Range[] = [];
  let next = 0;
  for (const [first, last] of ranges) {
    let from = first;
    while (next < taken.length && (taken[next] as Range)[1] < from) next++;
    for (let index = next; index < taken.length && from <= last; index++) {
      const [start, end] = taken[index] as Range;
      if (start > last) break;
      if (start > from) left.push([from, start - 1]);
      from = Math.max(from, end + 1);
      next = index;
    }
    if (from <= last) left.push([from, last]);
  }
  return left;
}
