/** Adds a stretch of time; one that touches the last is joined to it. */
export function extend(stretches: [number, number][], from: number, to: number): void {
  const last = stretches.at(-1);
  if (last && from <= last[1]) last[1] = Math.max(last[1], to);
  else stretches.push([from, to]);
}
