import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useLiveState, useLiveTopic } from '../../live/hooks.ts';

/** Devices that come and go together are read about together. */
const TOGETHER_MS = 2000;
/** What is not told live: devices that were made, or moved by somebody else. */
const REFRESH_MS = 30_000;

/** Reads the places anew when the state of a device changes, and when it may have changed unheard. */
export const useLiveHealth = (): void => {
  const client = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const { epoch } = useLiveState();
  useLiveTopic('fleet', (data) => {
    if (!('deviceId' in data)) return;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      void client.invalidateQueries({ queryKey: ['places', 'all'] });
    }, TOGETHER_MS);
  });
  useEffect(() => {
    const read = () => void client.invalidateQueries({ queryKey: ['places', 'all'] });
    if (epoch > 0) read();
    const interval = setInterval(read, REFRESH_MS);
    return () => clearInterval(interval);
  }, [client, epoch]);
  useEffect(() => () => clearTimeout(timer.current), []);
};
