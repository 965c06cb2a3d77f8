import { type LimitState, limitSeverity, limitState } from '../../../chart/limits.ts';
import type { Metric } from '../../../chart/metric.ts';
import type { Latest, LatestStore } from './latest-store.ts';

/** How a value is to be read; `none`: it was never heard. */
export type Condition = 'none' | 'bad' | 'stale' | 'uncertain' | 'good';

export interface TileState {
  condition: Condition;
  /** It is older than values of this device usually are, of whatever quality it was. */
  old: boolean;
  /** `normal` for what is no number, and for a number whose quality says nothing about the process. */
  limit: LimitState;
}

const STALE_AFTER_INTERVALS = 3;
/** Clocks of a device and of a browser are seldom nearer than this, ms. */
const CLOCK_SLACK = 1500;

/**
 * Judges the newest value of a metric.
 * @param intervalMs usual time between two values: three times as much and a value is stale
 * @param now ms
 */
export const tileState = (metric: Metric, latest: Latest | null, intervalMs: number, now: number): TileState => {
  if (!latest) return { condition: 'none', old: false, limit: 'normal' };
  const old = now - latest.ts > STALE_AFTER_INTERVALS * intervalMs + CLOCK_SLACK;
  if (latest.quality === 'bad') return { condition: 'bad', old, limit: 'normal' };
  if (old) return { condition: 'stale', old, limit: 'normal' };
  const limit = typeof latest.value === 'number' ? limitState(latest.value, metric.limits) : 'normal';
  return { condition: latest.quality, old, limit };
};

/** The metric to look at first: one beyond an outer limit, else beyond an inner one, else the first that has limits. */
export const worstMetric = (
  metrics: readonly Metric[],
  store: Pick<LatestStore, 'get'>,
  intervalMs: number,
  now: number,
): string | null => {
  const severityOf = (metric: Metric) =>
    limitSeverity(tileState(metric, store.get(metric.name), intervalMs, now).limit);
  const worst =
    metrics.find((metric) => severityOf(metric) === 'critical') ??
    metrics.find((metric) => severityOf(metric) === 'warning') ??
    metrics.find((metric) => metric.limits !== null);
  return worst?.name ?? null;
};
