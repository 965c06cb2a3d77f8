import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '../../../chart/format-number.ts';
import { limitNames, limitSeverity } from '../../../chart/limits.ts';
import type { Metric } from '../../../chart/metric.ts';
import { Fact, Facts } from '../../../parts/facts.tsx';
import type { LatestStore } from './latest-store.ts';
import classes from './live.module.css';
import { tileState } from './tile-state.ts';

interface LimitsCardProps {
  metric: Metric;
  store: LatestStore;
  intervalMs: number;
  now: number;
}

/** The limits of one metric, the one that is violated marked. */
export const LimitsCard = ({ metric, store, intervalMs, now }: LimitsCardProps) => {
  const { t, i18n } = useTranslation('device');
  const latest = useSyncExternalStore(store.subscribe, () => store.get(metric.name));
  const { limit } = tileState(metric, latest, intervalMs, now);
  const severity = limitSeverity(limit);
  const number = (value: number) => formatNumber(value, metric.decimals, i18n.language);
  const names = limitNames.filter((name) => metric.limits?.[name] !== undefined);
  const [low, high] = metric.range ?? [];
  return (
    <section className={classes.side} aria-label={t('limits.title', { metric: metric.title })}>
      <h2 className={classes.sideTitle}>{t('limits.title', { metric: metric.title })}</h2>
      {names.length === 0 && !metric.range ? <p className={classes.sideEmpty}>{t('limits.none')}</p> : null}
      <Facts>
        {names.map((name) => (
          <Fact
            key={name}
            name={t(`limits.${name}`)}
            value={number(metric.limits?.[name] ?? 0)}
            unit={metric.unit}
            severity={name === limit ? severity : null}
          />
        ))}
        {low !== undefined && high !== undefined ? (
          <Fact name={t('limits.range')} value={`${number(low)} – ${number(high)}`} unit={metric.unit} />
        ) : null}
      </Facts>
    </section>
  );
};
