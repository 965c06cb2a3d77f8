import type { LiveDeviceData } from '@muster/contract/live';
import type { Series } from '@muster/contract/telemetry';
import { intersect, type Stretch } from '../../../chart/gaps.ts';
import { createHistory, type History, type HistoryView } from '../../../chart/history.ts';
import type { Metric } from '../../../chart/metric.ts';
import type { PlotSource } from '../../../chart/plot.ts';
import { type FixedRange, presets, type Range, windowOf } from '../../../chart/range.ts';

/** What a feed asks the server for. Times in ms. */
export interface FeedRequest {
  from: number;
  to: number;
  points: number;
  metrics: readonly string[];
}

/** What to show: a range of some metrics, reduced to about `points` points each. */
export interface FeedQuery {
  range: Range;
  points: number;
  metrics: readonly Metric[];
}

export type FeedState = 'loading' | 'ready' | 'failed';

/** The values behind all charts of a page. Made by `createFeed`, ended by `stop`. */
export interface Feed extends PlotSource {
  /** Asks for a range; what is there stays until the answer comes. */
  show(query: FeedQuery): void;
  /** Asks for the same range again: after a lost connection or a hidden tab. */
  reload(): void;
  /** Takes live values; they matter only to a range that follows the present. */
  take(values: NonNullable<LiveDeviceData['values']>): void;
  /** Forgets what has left the window. */
  trim(): void;
  state(): FeedState;
  /** Metrics that sent numbers as well as states; the same object until there is another one. */
  mixed(): ReadonlySet<string>;
  error(): unknown;
  /** Called on a change of `state` or `mixed`, never per value. */
  subscribe(listener: () => void): () => void;
  stop(): void;
}

interface FeedOptions {
  intervalMs: number;
  openInterval: boolean;
  load(request: FeedRequest, signal: AbortSignal): Promise<readonly Series[]>;
  /** When a metric was last heard, ms. */
  heardAt?: (metric: string) => number | undefined;
  now?: () => number;
}

/** Starts a feed that has nothing to show yet. */
export const createFeed = ({ intervalMs, openInterval, load, heardAt, now = Date.now }: FeedOptions): Feed => {
  let histories = new Map<string, History>();
  let query: FeedQuery | null = null;
  let running: AbortController | null = null;
  let state: FeedState = 'loading';
  let error: unknown = null;
  let version = 0;
  let mixed: ReadonlySet<string> = new Set();
  // Live values that come while an answer is under way: the answer may not hold them yet.
  let meanwhile: NonNullable<LiveDeviceData['values']>[] = [];
  const listeners = new Set<() => void>();

  const become = (next: FeedState, reason: unknown = null) => {
    state = next;
    error = reason;
    version++;
    for (const listener of listeners) listener();
  };

  /** @returns whether a metric has changed its kind since */
  const findMixed = (): boolean => {
    const found = [...histories].filter(([, history]) => history.isMixed()).map(([metric]) => metric);
    if (found.length === mixed.size && found.every((metric) => mixed.has(metric))) return false;
    mixed = new Set(found);
    return true;
  };

  const keep = (values: NonNullable<LiveDeviceData['values']>) => {
    for (const [metric, { ts, value, status }] of Object.entries(values)) histories.get(metric)?.add(ts, value, status);
  };

  /** Stored states are changes only: that the device said nothing shows in its numbers. */
  const silence = (metric: string, window: FixedRange): readonly Stretch[] => {
    const kinds = new Map(query?.metrics.map(({ name, kind }) => [name, kind]));
    if (kinds.get(metric) === 'number') return [];
    const views: HistoryView[] = [];
    for (const [name, history] of histories) if (kinds.get(name) === 'number') views.push(history.view(window));
    const heard = views.filter((view) => view.samples.length > 0).map((view) => view.gaps);
    return heard.length > 0 ? heard.reduce((a, b) => intersect(a, b)) : [];
  };

  const ask = async () => {
    if (!query) return;
    const { range, points, metrics } = query;
    running?.abort();
    const mine = new AbortController();
    running = mine;
    meanwhile = [];
    become('loading');
    const { from, to } = windowOf(range, now());
    try {
      const names = metrics.map((metric) => metric.name);
      const answer = names.length > 0 ? await load({ from, to, points, metrics: names }, mine.signal) : [];
      if (mine.signal.aborted) return;
      const found = new Map(answer.map((series) => [series.metric, series]));
      const span = typeof range === 'string' ? presets[range] : to - from;
      histories = new Map(
        metrics.map((metric) => [
          metric.name,
          createHistory(found.get(metric.name) ?? null, {
            kind: metric.kind,
            intervalMs,
            openInterval,
            span,
            points,
            heardAt: heardAt?.(metric.name),
            known: { from, to: typeof range === 'string' ? Number.POSITIVE_INFINITY : to },
          }),
        ]),
      );
      for (const values of meanwhile) keepNewer(values, histories);
      findMixed();
      become('ready');
    } catch (cause) {
      if (!mine.signal.aborted) become('failed', cause);
    } finally {
      if (running === mine) {
        running = null;
        meanwhile = [];
      }
    }
  };

  return {
    show: (next) => {
      query = next;
      void ask();
    },
    reload: () => void ask(),
    take: (values) => {
      if (typeof query?.range !== 'string') return;
      keep(values);
      if (running && meanwhile.length < 10_000) meanwhile.push(values);
      version++;
      if (findMixed()) for (const listener of listeners) listener();
    },
    view: (metric, window) => histories.get(metric)?.view(window, silence(metric, window)) ?? null,
    trim: () => {
      if (typeof query?.range !== 'string') return;
      for (const history of histories.values()) history.dropBefore(now() - presets[query.range]);
    },
    version: () => version,
    now,
    state: () => state,
    mixed: () => mixed,
    error: () => error,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: () => {
      running?.abort();
      listeners.clear();
    },
  };
};

const keepNewer = (values: NonNullable<LiveDeviceData['values']>, histories: ReadonlyMap<string, History>): void => {
  for (const [metric, { ts, value, status }] of Object.entries(values)) {
    const history = histories.get(metric);
    if (history && ts > history.newest()) history.add(ts, value, status);
  }
};
