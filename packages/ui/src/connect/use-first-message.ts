import { routes } from '@muster/contract/routes';
import type { Value } from '@muster/contract/telemetry';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/client.ts';
import { useLiveTopic } from '../live/hooks.ts';

export interface FirstMessage {
  /** Values by metric. */
  values: Readonly<Record<string, Value>>;
  /** When they were measured, ms. */
  ts: number;
}

/** Beside the live connection: what it missed, and what was refused, is asked for. */
const ASK_MS = 3000;

/** Waits for the first message of a device; `refused` is why the newest one was not taken, while none was. */
export const useFirstMessage = (deviceId: string): { first: FirstMessage | null; refused: string | null } => {
  const [heard, setHeard] = useState<FirstMessage | null>(null);

  useLiveTopic(`device:${deviceId}`, (data) => {
    if (heard || !('values' in data) || !data.values) return;
    const entries = Object.entries(data.values);
    const values = Object.fromEntries(entries.map(([metric, { value }]) => [metric, value]));
    setHeard({ values, ts: Math.max(...entries.map(([, { ts }]) => ts)) });
  });

  const latest = useQuery({
    queryKey: ['device', deviceId, 'first'],
    queryFn: ({ signal }) => call(routes.telemetry.latest, { params: { deviceId }, signal }),
    refetchInterval: ASK_MS,
    enabled: heard === null,
  });
  const rejected = useQuery({
    queryKey: ['device', deviceId, 'first-refused'],
    queryFn: ({ signal }) =>
      call(routes.telemetry.rejectedMessages, { params: { deviceId }, query: { limit: 1 }, signal }),
    refetchInterval: ASK_MS,
    enabled: heard === null,
  });

  const found = Object.entries(latest.data?.values ?? {});
  const first =
    heard ??
    (found.length > 0
      ? {
          values: Object.fromEntries(found.map(([metric, { value }]) => [metric, value])),
          ts: Math.max(...found.map(([, { ts }]) => Date.parse(ts))),
        }
      : null);
  return { first, refused: first ? null : (rejected.data?.items[0]?.detail ?? null) };
};
