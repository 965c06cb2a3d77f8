import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import type { Metric } from '../../../chart/metric.ts';
import type { LatestStore } from './latest-store.ts';
import classes from './tile.module.css';
import { Tile } from './tile.tsx';

interface TilesProps {
  metrics: readonly Metric[];
  store: LatestStore;
  intervalMs: number;
  now: number;
  lost: boolean;
  selected: string | null;
  onSelect(metric: string): void;
}

/** A tile per metric. */
export const Tiles = ({ metrics, store, intervalMs, now, lost, selected, onSelect }: TilesProps) => {
  const { t } = useTranslation('device');
  return (
    <ul className={classes.tiles} aria-label={t('newestValues')}>
      {metrics.map((metric) => (
        <LiveTile
          key={metric.name}
          metric={metric}
          store={store}
          intervalMs={intervalMs}
          now={now}
          lost={lost}
          selected={selected === metric.name}
          onSelect={onSelect}
        />
      ))}
    </ul>
  );
};

type LiveTileProps = Omit<TilesProps, 'metrics' | 'selected'> & { metric: Metric; selected: boolean };

const LiveTile = ({ metric, store, onSelect, ...rest }: LiveTileProps) => {
  const latest = useSyncExternalStore(store.subscribe, () => store.get(metric.name));
  return <Tile metric={metric} latest={latest} onSelect={() => onSelect(metric.name)} {...rest} />;
};
