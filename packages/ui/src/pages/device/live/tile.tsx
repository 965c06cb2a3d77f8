import { useTranslation } from 'react-i18next';
import { formatNumber } from '../../../chart/format-number.ts';
import { limitNames, limitScale, limitSeverity, limitState } from '../../../chart/limits.ts';
import type { Metric } from '../../../chart/metric.ts';
import { StateShape } from '../../../theme/state-mark.tsx';
import { Age } from '../../../time/age.tsx';
import { useTimes } from '../use-times.ts';
import type { Latest } from './latest-store.ts';
import classes from './tile.module.css';
import { tileState } from './tile-state.ts';

interface TileProps {
  metric: Metric;
  latest: Latest | null;
  intervalMs: number;
  /** ms. */
  now: number;
  /** Nothing comes at present. */
  lost: boolean;
  selected: boolean;
  onSelect(): void;
}

/** The newest value of one metric with its unit, age, quality and limits. */
export const Tile = ({ metric, latest, intervalMs, now, lost, selected, onSelect }: TileProps) => {
  const { t } = useTranslation('device');
  const { time } = useTimes();
  const { condition, old, limit } = tileState(metric, latest, intervalMs, now);
  const severity = limitSeverity(limit);
  const words = [
    ...(condition === 'bad' || condition === 'uncertain' ? [t(`quality.${condition}`)] : []),
    ...(old ? [t('quality.stale')] : []),
  ];
  return (
    <li
      className={classes.tile}
      data-condition={condition}
      data-old={old || (lost && latest !== null) || undefined}
      data-severity={severity ?? undefined}
      data-selected={selected || undefined}
    >
      <div className={classes.tileHead}>
        <button type="button" className={classes.tileName} aria-pressed={selected} onClick={onSelect}>
          {metric.title}
        </button>
        {severity ? (
          <span className={classes.mark}>
            <StateShape state={severity} /> {t(`limit.${limit}`)}
          </span>
        ) : null}
        <span className={classes.age} data-said={words.length > 0 || undefined}>
          {words.map((word) => `${word}, `)}
          {latest ? <Age ts={latest.ts} /> : t('quality.none')}
        </span>
      </div>
      <TileValue metric={metric} latest={latest} />
      {latest && (old || lost) ? (
        <p className={classes.lastValue}>{t('lastValue', { time: time(latest.ts) })}</p>
      ) : (
        <LimitBar metric={metric} value={condition === 'bad' ? null : (latest?.value ?? null)} />
      )}
    </li>
  );
};

const TileValue = ({ metric, latest }: { metric: Metric; latest: Latest | null }) => {
  const { t, i18n } = useTranslation('device');
  if (!latest) return <p className={classes.value}>–</p>;
  if (typeof latest.value === 'number') {
    return (
      <p className={classes.value}>
        {formatNumber(latest.value, metric.decimals, i18n.language)}
        {metric.unit ? <span className={classes.unit}>{metric.unit}</span> : null}
      </p>
    );
  }
  const text = typeof latest.value === 'string' ? latest.value : t(latest.value ? 'chart:true' : 'chart:false');
  return (
    <p className={classes.textValue} title={text}>
      {text}
    </p>
  );
};

/** Where a value stands between the ends of its scale, with a tick for every limit. */
const LimitBar = ({ metric, value }: { metric: Metric; value: Latest['value'] | null }) => {
  const scale = limitScale(metric.range, metric.limits);
  if (!scale || metric.kind !== 'number' || !metric.limits) return null;
  const [low, high] = scale;
  const place = (at: number) => `${Math.max(0, Math.min(100, ((at - low) / (high - low)) * 100))}%`;
  const severity = typeof value === 'number' ? limitSeverity(limitState(value, metric.limits)) : null;
  return (
    <div className={classes.bar} aria-hidden="true">
      {limitNames.map((name) => {
        const limit = metric.limits?.[name];
        return limit === undefined ? null : <i key={name} style={{ left: place(limit) }} />;
      })}
      {typeof value === 'number' ? <b data-severity={severity ?? undefined} style={{ left: place(value) }} /> : null}
    </div>
  );
};
