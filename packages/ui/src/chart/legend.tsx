import { useTranslation } from 'react-i18next';
import { formatTime } from '../time/format.ts';
import classes from './chart.module.css';
import type { Cursor } from './cursor.ts';
import { formatNumber } from './format-number.ts';
import type { Metric } from './metric.ts';
import { seriesDash, seriesToken } from './palette.ts';
import type { PlotSource } from './plot.ts';
import { readingAt, useCursorTime } from './use-reading.ts';

interface LegendProps {
  metrics: readonly Metric[];
  source: PlotSource;
  cursor: Cursor;
  hidden: ReadonlySet<string>;
  /** Absent: nothing can be switched off. */
  onToggle?: (metric: string) => void;
}

/** Names the lines of a chart, switches them on and off, and shows their values under the cursor. */
export const Legend = ({ metrics, source, cursor, hidden, onToggle }: LegendProps) => {
  const { t, i18n } = useTranslation('chart');
  const time = useCursorTime(cursor);
  const alone = metrics.length === 1 && metrics[0]?.kind === 'number';
  return (
    <ul className={classes.legend}>
      {metrics.map((metric, index) => {
        const shown = !hidden.has(metric.name);
        const reading = time === null || !shown ? null : readingAt(source, metric.name, time);
        if (alone && !reading) return null;
        const content = (
          <>
            {metric.kind === 'number' ? (
              <span
                className={classes.swatch}
                style={{
                  borderColor: seriesToken(index),
                  borderTopStyle: seriesDash(index).length > 0 ? 'dashed' : 'solid',
                }}
              />
            ) : null}
            {alone ? null : metric.title}
            {time === null || !shown ? null : (
              <span className={reading ? classes.reading : classes.quiet}>
                {reading ? wording(reading.value, metric, t, i18n.language) : t('none')}
                {reading?.bad ? ` ${t('bad')}` : ''}
              </span>
            )}
          </>
        );
        return (
          <li key={metric.name}>
            {onToggle && !alone ? (
              <button
                type="button"
                className={classes.entry}
                aria-pressed={shown}
                title={t(shown ? 'hide' : 'show', { metric: metric.title })}
                onClick={() => onToggle(metric.name)}
              >
                {content}
              </button>
            ) : (
              <span className={classes.entry} style={{ cursor: 'default' }}>
                {content}
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
};

const wording = (
  value: number | boolean | string | null,
  metric: Metric,
  t: (key: string) => string,
  language: string,
): string => {
  if (value === null) return t('changing');
  if (typeof value === 'boolean') return t(value ? 'true' : 'false');
  if (typeof value === 'string') return value;
  return `${formatNumber(value, metric.decimals, language)}${metric.unit ? ` ${metric.unit}` : ''}`;
};

/** The moment under the cursor, to the millisecond, with the name of its clock. */
export const CursorTime = ({ cursor, zone }: { cursor: Cursor; zone: string }) => {
  const { i18n } = useTranslation('chart');
  const time = useCursorTime(cursor);
  if (time === null) return null;
  return <span className={classes.time}>{formatTime(time, { language: i18n.language, zone, style: 'exact' })}</span>;
};
