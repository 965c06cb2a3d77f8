import { Skeleton } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import type { Device } from '@muster/contract/devices';
import type { DeviceTypeView } from '@muster/contract/solution';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Metric } from '../../../chart/metric.ts';
import { clampRange, type Range } from '../../../chart/range.ts';
import { useLiveState } from '../../../live/hooks.ts';
import { live } from '../../../live/live.ts';
import {
  type ChangeSearch,
  type DeviceSearch,
  hiddenOf,
  rangeOf,
  searchForLive,
  searchForRange,
  searchForToggle,
} from '../search.ts';
import { useServerNow } from '../use-times.ts';
import { Charts } from './charts.tsx';
import type { DeviceLive } from './device-live.ts';
import { JustNow } from './just-now.tsx';
import { LimitsCard } from './limits-card.tsx';
import classes from './live.module.css';
import { NothingYet } from './nothing-yet.tsx';
import { FixedRangeBar, RangeBar } from './range-bar.tsx';
import { worstMetric } from './tile-state.ts';
import { Tiles } from './tiles.tsx';
import { useFeed } from './use-feed.ts';
import { useMarks } from './use-marks.ts';
import { useRecentEvents } from './use-recent-events.ts';
import { ValuesTable } from './values-table.tsx';

interface LiveTabProps {
  device: Device;
  type: DeviceTypeView | null;
  metrics: readonly Metric[];
  /** The device has sent a value before; null: not known yet. */
  heard: boolean | null;
  intervalMs: number;
  deviceLive: DeviceLive;
  search: DeviceSearch;
  onSearch: ChangeSearch;
  onExport(): void;
}

/** Width of the charts is asked for in these steps, so that a moved splitter does not ask for every pixel. */
const POINTS_STEP = 100;
/** How long a connection may be away before the page says so, ms. */
const LOST_AFTER = 1500;

/** The newest values and their course. */
export const LiveTab = ({ heard, ...rest }: LiveTabProps) => {
  if (heard === null) return <Skeleton height={108} />;
  return heard ? <Content {...rest} /> : <NothingYet device={rest.device} metrics={rest.metrics} />;
};

const Content = (props: Omit<LiveTabProps, 'heard'>) => {
  const { device, type, metrics, intervalMs, deviceLive, search, onSearch } = props;
  const { t } = useTranslation('device');
  const now = useServerNow();
  const { state, since } = useLiveState();
  const lost = state !== 'live' && Date.now() - since > LOST_AFTER;
  const { ref, width } = useElementSize<HTMLDivElement>();
  const range = rangeOf(search);
  const hidden = useMemo(() => hiddenOf({ hidden: search.hidden }), [search.hidden]);
  const points = Math.ceil(width / POINTS_STEP) * POINTS_STEP;
  const { deviceId } = device;
  const openInterval = type?.open ?? true;
  const { feed, state: feedState } = useFeed({
    deviceId,
    deviceLive,
    intervalMs,
    openInterval,
    range,
    metrics,
    points,
  });
  const marks = useMarks({ deviceId, deviceLive, type, range });
  const events = useRecentEvents(deviceId, deviceLive);
  const [worst] = useState(() => worstMetric(metrics, deviceLive.latest, intervalMs, live.serverNow()));
  const selected = metrics.find((metric) => metric.name === (search.metric ?? worst));
  const setRange = (next: Range) =>
    onSearch(searchForRange(typeof next === 'string' ? next : clampRange(next, live.serverNow())));
  const toLive = () => onSearch(searchForLive());

  return (
    <div className={classes.live}>
      {search.view === 'table' ? (
        <ValuesTable metrics={metrics} store={deviceLive.latest} intervalMs={intervalMs} now={now} />
      ) : (
        <Tiles
          metrics={metrics}
          store={deviceLive.latest}
          intervalMs={intervalMs}
          now={now}
          lost={lost}
          selected={selected?.name ?? null}
          onSelect={(metric) => onSearch({ metric }, { replace: true })}
        />
      )}
      <div className={classes.columns}>
        <div className={classes.main}>
          <div className={classes.toolbar}>
            <RangeBar range={range} onRange={setRange} />
            {feedState === 'loading' ? <span className={classes.loading}>{t('chartsLoading')}</span> : null}
            <div className={classes.tools}>
              <button
                type="button"
                className={classes.chip}
                aria-pressed={search.fit === true}
                title={t('fit.hint')}
                onClick={() => onSearch({ fit: search.fit ? undefined : true })}
              >
                {t('fit.label')}
              </button>
              <button
                type="button"
                className={classes.chip}
                aria-pressed={search.view === 'table'}
                onClick={() => onSearch({ view: search.view ? undefined : 'table' })}
              >
                {t('table.label')}
              </button>
              <button type="button" className={classes.chip} onClick={props.onExport}>
                {t('export.open')}
              </button>
            </div>
          </div>
          <FixedRangeBar range={range} onRange={setRange} onLive={toLive} />
          {feedState === 'failed' ? (
            <p className={classes.failed} role="alert">
              {t('chartsFailed')}{' '}
              <button type="button" className={classes.link} onClick={feed.reload}>
                {t('retry')}
              </button>
            </p>
          ) : null}
          <div ref={ref} className={classes.charts}>
            <Charts
              metrics={metrics}
              feed={feed}
              ready={feedState === 'ready'}
              range={range}
              marks={marks}
              hidden={hidden}
              fit={search.fit === true}
              selected={selected ?? null}
              lostSince={lost ? since : null}
              onZoom={setRange}
              onReset={toLive}
              onToggle={(metric) => onSearch(searchForToggle(search, metric), { replace: true })}
            />
          </div>
        </div>
        <aside className={classes.aside}>
          {selected?.kind === 'number' ? (
            <LimitsCard metric={selected} store={deviceLive.latest} intervalMs={intervalMs} now={now} />
          ) : null}
          <JustNow events={events} type={type} onAll={() => onSearch({ tab: 'events' })} />
        </aside>
      </div>
    </div>
  );
};
