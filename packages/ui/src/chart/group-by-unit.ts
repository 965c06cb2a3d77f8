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
 * @param mixed metrics that sent numbers as well as states: they are in both
 */
export const groupByUnit = (
  metrics: readonly Metric[],
  mixed: ReadonlySet<string>,
): { charts: UnitGroup[]; states: Metric[] } => {
  const charts = new Map<string, UnitGroup>();
  const states: Metric[] = [];
  for (const each of metrics) {
    const isMixed = mixed.has(each.name);
    if (each.kind !== 'number') states.push(each);
    else if (isMixed) states.push({ ...each, kind: 'string' });
    if (each.kind !== 'number' && !isMixed) continue;
    const metric: Metric = { ...each, kind: 'number' };
    const key = metric.unit === null ? `metric ${metric.name}` : `unit ${metric.unit}`;
    const group = charts.get(key);
    if (group) group.metrics.push(metric);
    else charts.set(key, { key, unit: metric.unit, metrics: [metric] });
  }
  return { charts: [...charts.values()], states };
};
