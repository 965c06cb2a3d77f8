import type { Device } from '@muster/contract/devices';
import type { LiveFleetData } from '@muster/contract/live';
import { useCallback, useRef, useState } from 'react';
import { useLiveTopic } from '../../live/hooks.ts';
import { type Status, stateOf } from '../../theme/state-mark.tsx';

export interface LiveStatus {
  status: Status;
  /** ms; null: never. */
  lastSeenAt: number | null;
}

/** News of many devices at once are shown together. */
const TOGETHER_MS = 250;

/** What devices' states are now: what the list said, or what was told since. Rows change in place and never move. */
export const useLiveStatus = (): ((device: Device) => LiveStatus) => {
  const told = useRef(new Map<string, { status: Status; lastSeenAt: number }>());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [version, setVersion] = useState(0);

  useLiveTopic('fleet', (data: LiveFleetData) => {
    if (!('deviceId' in data)) return;
    told.current.set(data.deviceId, { status: stateOf(data.status) as Status, lastSeenAt: data.lastSeenAt });
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      setVersion((before) => before + 1);
    }, TOGETHER_MS);
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version is a new answer
  return useCallback(
    ({ deviceId, status, lastSeenAt }) => {
      const read = lastSeenAt === null ? null : Date.parse(lastSeenAt);
      const news = told.current.get(deviceId);
      if (!news || (read !== null && news.lastSeenAt < read)) return { status, lastSeenAt: read };
      return news;
    },
    [version],
  );
};
