import { useDocumentVisibility } from '@mantine/hooks';
import { routes } from '@muster/contract/routes';
import type { Series } from '@muster/contract/telemetry';
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { call } from '../../../api/client.ts';
import type { Metric } from '../../../chart/metric.ts';
import type { Range } from '../../../chart/range.ts';
import { useLiveRestored } from '../../../live/hooks.ts';
import { live } from '../../../live/live.ts';
import { batchesOf } from './batches.ts';
import type { DeviceLive } from './device-live.ts';
import { createFeed, type Feed, type FeedRequest, type FeedState } from './feed.ts';

const TRIM_EVERY_MS = 5000;

const loadRange = async (deviceId: string, request: FeedRequest, signal: AbortSignal): Promise<Series[]> => {
  const query = {
    from: new Date(request.from).toISOString(),
    to: new Date(request.to).toISOString(),
    points: request.points,
    aggregate: 'minmax' as const,
  };
  const answers = await Promise.all(
    batchesOf(request.metrics).map((metrics) =>
      call(routes.telemetry.range, { params: { deviceId }, query: { ...query, metrics }, signal }),
    ),
  );
  return answers.flatMap((answer) => answer.series);
};

interface UseFeed {
  deviceId: string;
  deviceLive: DeviceLive;
  intervalMs: number;
  openInterval: boolean;
  range: Range;
  metrics: readonly Metric[];
  /** Width of the charts in pixels; 0: not known yet. */
  points: number;
}

/**
 * Keeps the values behind the charts: asks for the range when it, the metrics or the width change, follows live values,
 * rests while the tab is hidden, and asks again when the tab or the connection is back.
 */
export const useFeed = (options: UseFeed): { feed: Feed; state: FeedState } => {
  const { deviceId, deviceLive, intervalMs, openInterval, range, metrics, points } = options;
  const feed = useMemo(
    () =>
      createFeed({
        intervalMs,
        openInterval,
        load: (request, signal) => loadRange(deviceId, request, signal),
        heardAt: (metric) => deviceLive.latest.get(metric)?.ts,
        now: live.serverNow,
      }),
    [deviceId, deviceLive, intervalMs, openInterval],
  );
  const state = useSyncExternalStore(feed.subscribe, feed.state);
  const visible = useDocumentVisibility() !== 'hidden';
  const wasHidden = useRef(false);
  const steadyRange = useSteady(range, (a, b) => JSON.stringify(a) === JSON.stringify(b));

  useEffect(() => {
    if (points > 0) feed.show({ range: steadyRange, points, metrics });
  }, [feed, steadyRange, points, metrics]);

  useEffect(() => () => feed.stop(), [feed]);

  useEffect(() => {
    if (!visible) {
      wasHidden.current = true;
      return;
    }
    if (wasHidden.current) feed.reload();
    wasHidden.current = false;
    const end = deviceLive.listen(({ values }) => {
      if (values) feed.take(values);
    });
    const timer = setInterval(feed.trim, TRIM_EVERY_MS);
    return () => {
      end();
      clearInterval(timer);
    };
  }, [feed, deviceLive, visible]);

  useLiveRestored(feed.reload);

  return { feed, state };
};

/** The same object as long as it equals the one before. */
const useSteady = <T>(value: T, equal: (a: T, b: T) => boolean): T => {
  const [steady, setSteady] = useState(value);
  if (equal(steady, value)) return steady;
  setSteady(value);
  return value;
};
