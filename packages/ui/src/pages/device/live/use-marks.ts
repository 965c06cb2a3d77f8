import { routes } from '@muster/contract/routes';
import type { DeviceTypeView } from '@muster/contract/solution';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import type { Mark } from '../../../chart/marks.ts';
import { type Range, windowOf } from '../../../chart/range.ts';
import { live } from '../../../live/live.ts';
import { deviceKeys } from '../data.ts';
import { describeEvent } from '../describe-event.ts';
import type { DeviceLive, LiveEvent } from './device-live.ts';

const MOST_MARKS = 200;

interface UseMarks {
  deviceId: string;
  deviceLive: DeviceLive;
  type: DeviceTypeView | null;
  range: Range;
}

/** The device's events within a range as marks for its charts, newest 200, by time. */
export const useMarks = ({ deviceId, deviceLive, type, range }: UseMarks): readonly Mark[] => {
  const { t, i18n } = useTranslation('device');
  const [fresh, setFresh] = useState<readonly LiveEvent[]>([]);
  const query = useQuery({
    queryKey: deviceKeys.marks(deviceId, JSON.stringify(range)),
    queryFn: ({ signal }) => {
      const { from, to } = windowOf(range, live.serverNow());
      const times = {
        from: new Date(from).toISOString(),
        ...(typeof range === 'string' ? {} : { to: new Date(to).toISOString() }),
      };
      return call(routes.telemetry.events, { params: { deviceId }, query: { limit: MOST_MARKS, ...times }, signal });
    },
    staleTime: 0,
    placeholderData: (before) => before,
  });
  useEffect(
    () =>
      deviceLive.listen(({ event }) => {
        if (event) setFresh((before) => [...before.slice(1 - MOST_MARKS), event]);
      }),
    [deviceLive],
  );

  return useMemo(() => {
    const stored = (query.data?.items ?? []).map((event) => ({ ...event, ts: Date.parse(event.ts) }));
    const seen = new Set(stored.map((event) => `${event.ts} ${event.type}`));
    const unseen = fresh.filter((event) => !seen.has(`${event.ts} ${event.type}`));
    return [...stored, ...unseen]
      .sort((a, b) => a.ts - b.ts)
      .map((event) => ({ ts: event.ts, label: describeEvent(event, type, t, i18n.language) }));
  }, [query.data, fresh, type, t, i18n.language]);
};
