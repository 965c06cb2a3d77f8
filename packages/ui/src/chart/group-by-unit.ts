import type { Metric } from './metric.ts';

/** Metrics that share one value axis. */
export interface UnitGroup {
  /** Stable as long as the metrics are. */
  key: string;
  unit: string | null;
  metrics: Metric[];
}

/**
 * One chart per unit, in the order of the metrics; a number without a unit has nothing in common with another one and gets
 * its own chart. What is not a number goes to the state strips.
 */
export const groupByUnit = (metrics: readonly Metric[]): { charts: UnitGroup[]; states: Metric[] } => {
  const charts = new Map<string, UnitGroup>();
  const states: Metric[] = [];
  for (const metric of metrics) {
    if (metric.kind !== 'number') {
      states.push(metric);
      continue;
    }
    const key = metric.unit === null ? `metric ${metric.name}` : `unit ${metric.unit}`;
    const group = charts.get(key);
    if (group) group.metrics.push(metric);
    else charts.set(key, { key, unit: metric.unit, metrics: [metric] });
  }
  return { charts: [...charts.values()], states };
};
