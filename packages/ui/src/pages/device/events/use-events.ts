import type { Device } from '@muster/contract/devices';
import { routes } from '@muster/contract/routes';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { call } from '../../../api/client.ts';
import { deviceKeys } from '../data.ts';
import type { DeviceLive } from '../live/device-live.ts';

/** One event as the list shows it. */
export interface EventRow {
  id: string;
  type: string;
  ts: number;
  /** null: it came live a moment ago. */
  receivedAt: number | null;
  data: unknown;
}

interface UseEvents {
  device: Device;
  deviceLive: DeviceLive;
  /** '': all. */
  type: string;
  /** Somebody reads the list: what comes live must not move it. */
  isRead(): boolean;
}

const AT_ONCE = 50;

/** The events of a device, newest first, page by page; live ones join at the top, or wait while the list is read. */
export const useEvents = ({ device, deviceLive, type, isRead }: UseEvents) => {
  const { deviceId } = device;
  const [fresh, setFresh] = useState<readonly EventRow[]>([]);
  const [waiting, setWaiting] = useState<readonly EventRow[]>([]);
  const count = useRef(0);
  const query = useInfiniteQuery({
    queryKey: deviceKeys.events(deviceId, type),
    queryFn: ({ signal, pageParam }) => {
      const query = { limit: AT_ONCE, ...(type ? { type } : {}), ...(pageParam ? { cursor: pageParam } : {}) };
      return call(routes.telemetry.events, { params: { deviceId }, query, signal });
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor,
    staleTime: 0,
  });

  useEffect(
    () =>
      deviceLive.listen(({ event, receivedAt }) => {
        if (!event || (type && event.type !== type)) return;
        const row: EventRow = { id: `live ${count.current++}`, ...event, receivedAt };
        if (isRead()) setWaiting((before) => [row, ...before]);
        else setFresh((before) => [row, ...before]);
      }),
    [deviceLive, type, isRead],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: another filter starts another list
  useEffect(() => {
    setFresh([]);
    setWaiting([]);
  }, [type]);

  const rows = useMemo(() => {
    // An event that comes while pages are read may stand on two of them.
    const events = new Map((query.data?.pages ?? []).flatMap((page) => page.items.map((event) => [event.id, event])));
    const stored = [...events.values()].map(
      (event): EventRow => ({
        id: event.id,
        type: event.type,
        ts: Date.parse(event.ts),
        receivedAt: Date.parse(event.receivedAt),
        data: event.data,
      }),
    );
    const seen = new Set(stored.map((row) => `${row.ts} ${row.type}`));
    return [...fresh.filter((row) => !seen.has(`${row.ts} ${row.type}`)), ...stored];
  }, [query.data, fresh]);

  const showWaiting = () => {
    setFresh((before) => [...waiting, ...before]);
    setWaiting([]);
  };
  return { rows, query, waiting: waiting.length, showWaiting };
};
