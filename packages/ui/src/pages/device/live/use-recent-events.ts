import { routes } from '@muster/contract/routes';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { call } from '../../../api/client.ts';
import { deviceKeys } from '../data.ts';
import type { DeviceLive, LiveEvent } from './device-live.ts';

const SHOWN = 6;

/** The newest events of a device, newest first; live ones come by themselves. */
export const useRecentEvents = (deviceId: string, deviceLive: DeviceLive): readonly LiveEvent[] => {
  const client = useQueryClient();
  const queryKey = deviceKeys.recentEvents(deviceId);
  const query = useQuery({
    queryKey,
    queryFn: async ({ signal }): Promise<LiveEvent[]> => {
      const { items } = await call(routes.telemetry.events, { params: { deviceId }, query: { limit: SHOWN }, signal });
      return items.map(({ type, ts, data }) => ({ type, ts: Date.parse(ts), data }));
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is made of the id
  useEffect(
    () =>
      deviceLive.listen(({ event }) => {
        if (!event) return;
        client.setQueryData<LiveEvent[]>(queryKey, (before = []) =>
          [event, ...before].sort((a, b) => b.ts - a.ts).slice(0, SHOWN),
        );
      }),
    [client, deviceId, deviceLive],
  );
  return query.data ?? [];
};
