import 'uplot/dist/uPlot.min.css';
import { useComputedColorScheme } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatTime } from '../time/format.ts';
import classes from './chart.module.css';
import type { Cursor } from './cursor.ts';
import { CursorTime, Legend } from './legend.tsx';
import { createLinePlot, type LineSettings } from './line-plot.ts';
import type { MarkCluster } from './marks.ts';
import type { Metric } from './metric.ts';
import { AXIS_WIDTH, type PlotFrame, type PlotSettings, type PlotSource } from './plot.ts';
import type { FixedRange } from './range.ts';
import { createStatePlot } from './state-plot.ts';
import { usePlot } from './use-plot.ts';
import { useSummary } from './use-summary.ts';

interface ChartProps {
  title: string;
  metrics: readonly Metric[];
  source: PlotSource;
  cursor: Cursor;
  /** IANA name of the zone of the clock. */
  zone: string;
  /** Charts with the same key share their cursor. */
  syncKey: string;
  /** The stored values are there. */
  ready: boolean;
  /** Nothing comes at present: what is drawn must not look live. */
  lost: boolean;
  onZoom(range: FixedRange): void;
  onReset(): void;
}

interface LineChartProps extends ChartProps {
  unit: string | null;
  height: number;
  settings: Omit<LineSettings, 'noData' | 'noDataNow'>;
  /** What is said at the present while nothing can come. */
  noDataNow: string | null;
  onToggle(metric: string): void;
}

/** Numbers of one unit over time, with limits, gaps, bad stretches and events. */
export const LineChart = (props: LineChartProps) => {
  const { title, unit, metrics, source, cursor, zone, settings, height, lost } = props;
  const { t, i18n } = useTranslation('chart');
  const frame = useFrame(props);
  const { host, mark } = usePlot<LineSettings>({
    key: [frame.key, height, ...metrics.map((metric) => metric.title)].join('\n'),
    settings: { ...settings, noData: t('noData'), noDataNow: props.noDataNow },
    create: (element, palette, onMark, first) =>
      createLinePlot(
        element,
        {
          ...frame,
          language: i18n.language,
          palette,
          onMark,
          height,
          limitLabels: {
            highHigh: t('limit.highHigh'),
            high: t('limit.high'),
            low: t('limit.low'),
            lowLow: t('limit.lowLow'),
          },
        },
        source,
        metrics,
        first,
      ),
  });
  const summary = useSummary(title, metrics, source, settings.range, props.ready);
  return (
    <section className={classes.card} aria-label={title}>
      <header className={classes.head}>
        <h2 className={classes.title}>
          {title}
          {unit ? <span className={classes.unit}> {unit}</span> : null}
        </h2>
        <Legend metrics={metrics} source={source} cursor={cursor} hidden={settings.hidden} onToggle={props.onToggle} />
        <CursorTime cursor={cursor} zone={zone} />
      </header>
      <Canvas summary={summary} height={height} lost={lost}>
        <div ref={host} />
        <MarkTip mark={mark} zone={zone} />
      </Canvas>
    </section>
  );
};

/** Booleans and texts over time. */
export const StateChart = (props: ChartProps & { settings: PlotSettings }) => {
  const { title, metrics, source, cursor, zone, settings } = props;
  const { t, i18n } = useTranslation('chart');
  const frame = useFrame(props);
  const { host, mark } = usePlot<PlotSettings>({
    key: [frame.key, ...metrics.map((metric) => metric.title)].join('\n'),
    settings,
    create: (element, palette, onMark, first) =>
      createStatePlot(
        element,
        {
          ...frame,
          language: i18n.language,
          palette,
          onMark,
          wording: (value) => (typeof value === 'string' ? value : t(value ? 'true' : 'false')),
        },
        source,
        metrics,
        first,
      ),
  });
  const summary = useSummary(title, metrics, source, settings.range, props.ready);
  return (
    <section className={classes.card} aria-label={title}>
      <header className={classes.head}>
        <h2 className={classes.title}>{title}</h2>
        <Legend metrics={metrics} source={source} cursor={cursor} hidden={none} />
        <CursorTime cursor={cursor} zone={zone} />
      </header>
      <Canvas summary={summary} height={0} lost={props.lost}>
        <div ref={host} />
        <MarkTip mark={mark} zone={zone} />
      </Canvas>
    </section>
  );
};

const none: ReadonlySet<string> = new Set();

const useFrame = ({ syncKey, cursor, zone, onZoom, onReset }: ChartProps) => {
  const { i18n } = useTranslation('chart');
  const scheme = useComputedColorScheme('light');
  const frame: Omit<PlotFrame, 'palette' | 'onMark' | 'language'> = { syncKey, cursor, zone, onZoom, onReset };
  return { ...frame, key: [scheme, i18n.language, zone, syncKey].join('\n') };
};

const Canvas = ({
  summary,
  height,
  lost,
  children,
}: {
  summary: string;
  height: number;
  lost: boolean;
  children: ReactNode;
}) => (
  <div
    className={classes.plot}
    role="img"
    aria-label={summary}
    data-lost={lost || undefined}
    style={{ minHeight: height }}
  >
    {children}
  </div>
);

const MARKS_SHOWN = 6;

const MarkTip = ({ mark, zone }: { mark: MarkCluster | null; zone: string }) => {
  const { t, i18n } = useTranslation('chart');
  if (!mark) return null;
  const more = mark.marks.length - MARKS_SHOWN;
  return (
    <div className={classes.tip} style={{ left: `clamp(0px, ${AXIS_WIDTH + mark.x + 10}px, calc(100% - 270px))` }}>
      {mark.marks.slice(-MARKS_SHOWN).map((each) => (
        <p key={`${each.ts} ${each.label}`}>
          <span className={classes.quiet}>
            {formatTime(each.ts, { language: i18n.language, zone, style: 'moment' })}
          </span>{' '}
          {each.label}
        </p>
      ))}
      {more > 0 ? <p className={classes.quiet}>{t('moreMarks', { count: more })}</p> : null}
    </div>
  );
};
