import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '../../../chart/format-number.ts';
import { limitSeverity } from '../../../chart/limits.ts';
import type { Metric } from '../../../chart/metric.ts';
import { StateShape } from '../../../theme/state-mark.tsx';
import { Age } from '../../../time/age.tsx';
import { useTimes } from '../use-times.ts';
import type { LatestStore } from './latest-store.ts';
import { tileState } from './tile-state.ts';
import classes from './values-table.module.css';

interface ValuesTableProps {
  metrics: readonly Metric[];
  store: LatestStore;
  intervalMs: number;
  now: number;
}

/** The newest values as a table: for who reads rather than looks. */
export const ValuesTable = ({ metrics, store, intervalMs, now }: ValuesTableProps) => {
  const { t } = useTranslation('device');
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={classes.tableFrame} aria-label={t('newestValues')} tabIndex={0}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t('table.metric')}</th>
            <th scope="col" data-number>
              {t('table.value')}
            </th>
            <th scope="col">{t('table.state')}</th>
            <th scope="col" data-wide>
              {t('table.measured')}
            </th>
            <th scope="col" data-number>
              {t('table.age')}
            </th>
          </tr>
        </thead>
        <tbody>
          {metrics.map((metric) => (
            <Row key={metric.name} metric={metric} store={store} intervalMs={intervalMs} now={now} />
          ))}
        </tbody>
      </table>
    </section>
  );
};

type RowProps = Omit<ValuesTableProps, 'metrics'> & { metric: Metric };

const Row = ({ metric, store, intervalMs, now }: RowProps) => {
  const { t, i18n } = useTranslation('device');
  const { moment } = useTimes();
  const latest = useSyncExternalStore(store.subscribe, () => store.get(metric.name));
  const { condition, limit } = tileState(metric, latest, intervalMs, now);
  const severity = limitSeverity(limit);
  const state = [
    ...(condition === 'good' ? [] : [t(`quality.${condition}`)]),
    ...(limit === 'normal' ? [] : [t(`limit.${limit}`)]),
  ];
  return (
    <tr data-severity={severity ?? undefined} data-condition={condition}>
      <th scope="row">{metric.title}</th>
      <td data-number>
        {latest === null ? '–' : null}
        {typeof latest?.value === 'number' ? formatNumber(latest.value, metric.decimals, i18n.language) : null}
        {typeof latest?.value === 'string' ? latest.value : null}
        {typeof latest?.value === 'boolean' ? t(latest.value ? 'chart:true' : 'chart:false') : null}
        {latest && metric.unit ? <span className={classes.unit}> {metric.unit}</span> : null}
      </td>
      <td>
        {severity ? <StateShape state={severity} /> : null}
        {state.length > 0 ? state.join(', ') : t('table.normal')}
      </td>
      <td data-wide>{latest ? moment(latest.ts) : '–'}</td>
      <td data-number>{latest ? <Age ts={latest.ts} /> : '–'}</td>
    </tr>
  );
};
