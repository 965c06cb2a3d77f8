import { useSyncExternalStore } from 'react';
import { nearest } from './align.ts';
import type { Cursor } from './cursor.ts';
import type { PlotSource } from './plot.ts';
import { runAt } from './state-buffer.ts';

/** What a metric was at a moment. */
export interface Reading {
  value: number | boolean | string | null;
  bad: boolean;
}

/** The moment under the pointer, ms; null: none. */
export const useCursorTime = (cursor: Cursor): number | null => useSyncExternalStore(cursor.subscribe, cursor.time);

/** The value of a metric at a moment; null: nothing came then. */
export const readingAt = (source: PlotSource, metric: string, ts: number): Reading | null => {
  const view = source.view(metric, { from: ts, to: ts });
  if (!view) return null;
  const good = nearest(view.samples, ts, view.reach);
  const bad = nearest(view.badSamples, ts, view.reach);
  if (bad && (!good || Math.abs(bad.ts - ts) < Math.abs(good.ts - ts))) return { value: bad.value, bad: true };
  const run = runAt(view.runs, ts);
  if (good && !(run && run.from > good.ts)) return { value: good.value, bad: false };
  return run ? { value: run.value, bad: false } : null;
};
