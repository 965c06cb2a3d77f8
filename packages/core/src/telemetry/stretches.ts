/** Adds a stretch of time; one that touches the last is joined to it. */
export function extend(stretches: [number, number][], from: number, to: number): void {
  const last = stretches.at(-1);
  if (last && from <= last[1]) last[1] = Math.max(last[1], to);
  else stretches.push([from, to]);
}

/** Stretches of either list, by time. */
export function unite(some: readonly [number, number][], others: readonly [number, number][]): [number, number][] {
  const united: [number, number][] = [];
  for (const [from, to] of [...some, ...others].sort((one, other) => one[0] - other[0])) extend(united, from, to);
  return united;
}
