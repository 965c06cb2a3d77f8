import type { Sample } from './series-buffer.ts';

/** What a picture of a series says in words. */
export interface SeriesSummary {
  lowest: number;
  highest: number;
  newest: number;
}

/** The lowest, the highest and the newest value within `[from, to]`; null: there is none. `samples` is sorted by time. */
export const summarize = (samples: readonly Sample[], from: number, to: number): SeriesSummary | null => {
  let summary: SeriesSummary | null = null;
  for (const { ts, value } of samples) {
    if (ts < from || ts > to) continue;
    if (!summary) summary = { lowest: value, highest: value, newest: value };
    summary.lowest = Math.min(summary.lowest, value);
    summary.highest = Math.max(summary.highest, value);
    summary.newest = value;
  }
  return summary;
};
