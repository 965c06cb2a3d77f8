import { useMemo, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { createCursor } from '../../../chart/cursor.ts';
import { groupByUnit, type UnitGroup } from '../../../chart/group-by-unit.ts';
import type { Mark } from '../../../chart/marks.ts';
import type { Metric } from '../../../chart/metric.ts';
import type { FixedRange, Range } from '../../../chart/range.ts';
import { LineChart, StateChart } from '../../../chart/time-chart.tsx';
import { useTimes } from '../use-times.ts';
import type { Feed } from './feed.ts';
import classes from './live.module.css';

interface ChartsProps {
  metrics: readonly Metric[];
  feed: Feed;
  ready: boolean;
  range: Range;
  marks: readonly Mark[];
  hidden: ReadonlySet<string>;
  fit: boolean;
  selected: Metric | null;
  /** Since when nothing comes, ms; null: it does. */
  lostSince: number | null;
  onZoom(range: FixedRange): void;
  onReset(): void;
  onToggle(metric: string): void;
}

const CHARTS_AT_FIRST = 12;

/** One chart per unit and one for all states, with one cursor. */
export const Charts = (props: ChartsProps) => {
  const { metrics, feed, ready, range, marks, hidden, fit, selected, lostSince, onZoom, onReset, onToggle } = props;
  const { t } = useTranslation(['device', 'chart']);
  const { zone, time } = useTimes();
  const [cursor] = useState(createCursor);
  const [all, setAll] = useState(false);
  const mixed = useSyncExternalStore(feed.subscribe, feed.mixed);
  const { charts, states } = useMemo(() => groupByUnit(metrics, mixed), [metrics, mixed]);
  const shown = all ? charts : charts.slice(0, CHARTS_AT_FIRST);
  const common = { source: feed, cursor, zone, syncKey: 'device', ready, lost: lostSince !== null, onZoom, onReset };
  const noDataNow = lostSince === null ? null : t('chart:noDataSince', { time: time(lostSince) });
  return (
    <>
      {shown.map((chart) => (
        <LineChart
          key={chart.key}
          {...common}
          title={titleOfChart(chart, (unit) => t(`chart:quantity.${unit}`, { defaultValue: '' }))}
          unit={chart.unit}
          metrics={chart.metrics}
          height={heightFor(charts.length)}
          noDataNow={noDataNow}
          settings={{ range, marks, hidden, fit, limitsOf: limitsFor(chart, selected, hidden) }}
          onToggle={onToggle}
        />
      ))}
      {charts.length > shown.length ? (
        <button type="button" className={classes.chip} onClick={() => setAll(true)}>
          {t('moreCharts', { count: charts.length - shown.length })}
        </button>
      ) : null}
      {states.length > 0 ? (
        <StateChart {...common} title={t('chart:states')} metrics={states} settings={{ range, marks }} />
      ) : null}
    </>
  );
};

const titleOfChart = ({ unit, metrics }: UnitGroup, quantity: (unit: string) => string): string => {
  const [first] = metrics;
  if (metrics.length === 1 && first) return first.title;
  return (unit === null ? '' : quantity(unit)) || metrics.map((metric) => metric.title).join(', ');
};

const heightFor = (charts: number): number => {
  if (charts === 1) return 330;
  return charts === 2 ? 260 : 220;
};

/** The limits of the selected metric, else of the first visible one that has some. */
const limitsFor = ({ metrics }: UnitGroup, selected: Metric | null, hidden: ReadonlySet<string>): Metric | null =>
  metrics
    .filter((metric) => metric.limits && !hidden.has(metric.name))
    .sort((a, b) => Number(b.name === selected?.name) - Number(a.name === selected?.name))[0] ?? null;
