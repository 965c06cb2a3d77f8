import type { Quality, Series, Value } from '@muster/contract/telemetry';
import { addStretch, findGaps, gapThreshold, medianSpacing, type Stretch, subtract } from './gaps.ts';
import type { Metric } from './metric.ts';
import type { FixedRange } from './range.ts';
import { createSeriesBuffer, type Sample } from './series-buffer.ts';
import { createStateBuffer, cutRuns, type StateRun } from './state-buffer.ts';

/** What a history can draw of itself for a window. */
export interface HistoryView {
  /** Numbers of good and uncertain quality, by time. */
  samples: readonly Sample[];
  /** Numbers of quality `bad`, by time: for the value under the cursor, never for the line. */
  badSamples: readonly Sample[];
  /** Booleans and texts, by time. */
  runs: readonly StateRun[];
  gaps: readonly Stretch[];
  bad: readonly Stretch[];
  /** How far a value speaks for the moments around it, ms. */
  reach: number;
}

/** The values of one metric over the range on screen, bounded by the picture's width. Made by `createHistory`. */
export interface History {
  add(ts: number, value: Value, quality: Quality): void;
  dropBefore(ts: number): void;
  /** @param silent where the device as a whole said nothing: stored states are changes only and cannot tell */
  view(window: FixedRange, silent?: readonly Stretch[]): HistoryView;
  /** When the newest value was measured, ms; -Infinity: there is none. */
  newest(): number;
  /** It holds numbers as well as states: what an undeclared metric sends may change its kind. */
  isMixed(): boolean;
}

interface Options {
  kind: Metric['kind'];
  /** Usual time between two values as the device type says, ms. */
  intervalMs: number;
  /** The type does not know its interval: the values tell it. */
  openInterval: boolean;
  span: number;
  points: number;
  /** What the answer covers, ms; beyond it nothing is known, which is no gap. `to` Infinity: live values go on. */
  known: FixedRange;
  /** When the metric was last heard, ms. */
  heardAt?: number | undefined;
}

/** A state after a number is a new one, however soon it comes. */
const ENDED = Number.NEGATIVE_INFINITY;

/** Starts a history with what the server answered for the range; `series` null: nothing yet. */
export const createHistory = (series: Series | null, options: Options): History => {
  const { kind, intervalMs, span, points } = options;
  const stored = series?.points ?? [];
  const step = Math.max(series?.resolution ?? 0, span / points);
  const capacity = 2 * Math.ceil(span / step) + 64;
  const good = createSeriesBuffer(step, capacity);
  const bad = createSeriesBuffer(step, capacity);
  const states = createStateBuffer(step, capacity);
  const numbers = stored.filter(([, value]) => typeof value === 'number');
  const spacing = options.openInterval ? medianSpacing(numbers.map(([ts]) => ts)) : 0;
  const threshold = gapThreshold(intervalMs, step, spacing);
  const stretches: Stretch[] = (series?.bad ?? []).map(([from, to]): Stretch => [from, to]);
  let newest = Number.NEGATIVE_INFINITY;
  let newestIsState = false;

  const take = (ts: number, value: Value, isBad: boolean, silence: number) => {
    const isState = typeof value !== 'number';
    if (isState && !isBad) states.add(ts, value, newestIsState ? silence : ENDED);
    else if (!isState && Number.isFinite(value)) (isBad ? bad : good).add(ts, value);
    if (ts < newest) return;
    newest = ts;
    // A number ends the state before it.
    if (!isState && newestIsState) states.hold(ts);
    newestIsState = isState;
  };

  let next = 0;
  for (const [ts, value] of stored) {
    while ((stretches[next]?.[1] ?? Number.POSITIVE_INFINITY) <= ts) next++;
    // Buckets hold good values only, so that only raw values can be bad ones.
    const isBad = series?.resolution === 0 && ts >= (stretches[next]?.[0] ?? Number.POSITIVE_INFINITY);
    take(ts, value, isBad, Number.POSITIVE_INFINITY);
  }
  if (options.heardAt !== undefined && newestIsState) states.hold(options.heardAt);

  return {
    add: (ts, value, quality) => {
      if (quality === 'bad') addStretch(stretches, ts, ts + intervalMs, intervalMs / 2);
      else endStretch(stretches, ts);
      take(ts, value, quality === 'bad', threshold);
    },
    dropBefore: (ts) => {
      good.dropBefore(ts);
      bad.dropBefore(ts);
      states.dropBefore(ts);
      while ((stretches[0]?.[1] ?? ts) < ts) stretches.shift();
    },
    view: (window, silent = []) => {
      const from = Math.max(window.from, options.known.from);
      const to = Math.max(from, Math.min(window.to, options.known.to));
      const samples = good.samples();
      const runs = cutRuns(states.runs(), silent);
      const times = samples.map((sample) => sample.ts);
      const unheard =
        kind === 'number' || samples.length > 0
          ? findGaps(times, from, to, threshold)
          : subtract([[from, to]], runs.map(stretchOf));
      const gaps = subtract(unheard, stretches).filter((gap) => gap[1] - gap[0] > threshold);
      return { samples, badSamples: bad.samples(), runs, gaps, bad: stretches, reach: threshold };
    },
    newest: () => newest,
    isMixed: () => (kind === 'number' ? states.runs().length > 0 : good.samples().length > 0),
  };
};

const stretchOf = ({ from, to }: StateRun): Stretch => [from, to];

/** A good value ends the stretch that a bad one before it has opened. */
const endStretch = (stretches: readonly Stretch[], ts: number): void => {
  const last = stretches.at(-1);
  if (last && last[0] < ts && last[1] > ts) last[1] = ts;
};
