import type { Stretch } from './gaps.ts';
import type { Sample } from './series-buffer.ts';

/** Values of several series over one time axis: undefined where a series has nothing to say, null where its line breaks. */
export type Aligned = [times: number[], ...values: (number | null | undefined)[][]];

/** One series to draw. */
export interface SeriesData {
  /** By time. */
  samples: readonly Sample[];
  /** Where nothing came. By time. */
  gaps: readonly Stretch[];
  /** Where values of quality `bad` came. By time. */
  bad: readonly Stretch[];
}

/** Brings series of different times onto one axis and breaks each line at its own gaps and bad stretches. */
export const align = (series: readonly SeriesData[]): Aligned => {
  const lists = series.map(withBreaks);
  const times: number[] = [];
  const values: (number | null | undefined)[][] = series.map(() => []);
  const at = lists.map(() => 0);
  for (;;) {
    let next = Number.POSITIVE_INFINITY;
    for (let i = 0; i < lists.length; i++) next = Math.min(next, lists[i]?.[at[i] ?? 0]?.ts ?? next);
    if (next === Number.POSITIVE_INFINITY) return [times, ...values];
    times.push(next);
    for (let i = 0; i < lists.length; i++) {
      const entry = lists[i]?.[at[i] ?? 0];
      if (entry?.ts === next) at[i] = (at[i] ?? 0) + 1;
      values[i]?.push(entry?.ts === next ? entry.value : undefined);
    }
  }
};

interface Entry {
  ts: number;
  value: number | null;
}

const withBreaks = ({ samples, gaps, bad }: SeriesData): Entry[] => {
  // A bucket that held good values too does not break the line.
  const broken = bad.filter(([from, to]) => !nearest(samples, (from + to) / 2, (to - from) / 2 - 1));
  const breaks = [...gaps, ...broken].map(([from, to]) => (from + to) / 2).sort((a, b) => a - b);
  const entries: Entry[] = [];
  let nextBreak = 0;
  for (const sample of samples) {
    for (; (breaks[nextBreak] ?? Number.POSITIVE_INFINITY) < sample.ts; nextBreak++) {
      const ts = breaks[nextBreak] ?? 0;
      if (entries.length > 0) entries.push({ ts, value: null });
    }
    if (entries.at(-1)?.ts === sample.ts) entries.pop();
    entries.push(sample);
  }
  return entries;
};

/** The sample nearest to a moment, at most `reach` ms away; null: none. */
export const nearest = (samples: readonly Sample[], ts: number, reach: number): Sample | null => {
  let low = 0;
  let high = samples.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((samples[middle]?.ts ?? 0) < ts) low = middle + 1;
    else high = middle;
  }
  const before = samples[low - 1];
  const after = samples[low];
  const best = before && (!after || ts - before.ts <= after.ts - ts) ? before : after;
  return best && Math.abs(best.ts - ts) <= reach ? best : null;
};
