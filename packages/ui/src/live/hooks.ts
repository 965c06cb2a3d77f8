import { useEffect, useEffectEvent, useRef, useSyncExternalStore } from 'react';
import type { LiveState } from './connection.ts';
import { live } from './live.ts';
import type { LiveDataOf } from './topics.ts';

/**
 * Listens to a topic while the component is there; null listens to nothing.
 * @param onMessage the newest data, and the moment of sending by the server's clock in ms; need not be stable
 */
export const useLiveTopic = <Topic extends string>(
  topic: Topic | null,
  onMessage: (data: LiveDataOf<Topic>, ts: number) => void,
): void => {
  const latest = useEffectEvent(onMessage);
  useEffect(() => {
    if (topic === null) return;
    return live.subscribe(topic, (data, ts) => latest(data as LiveDataOf<Topic>, ts));
  }, [topic]);
};

/** Is what the screen shows live? `delayMs` changes once a second at most. */
export const useLiveState = (): LiveState => useSyncExternalStore(live.onState, live.state);

/** Calls back when the connection is live again after it was lost: what came meanwhile must be read anew. */
export const useLiveRestored = (onRestored: () => void): void => {
  const { epoch } = useLiveState();
  const seen = useRef(epoch);
  const latest = useEffectEvent(onRestored);
  useEffect(() => {
    const isFirst = seen.current === 0;
    if (seen.current === epoch) return;
    seen.current = epoch;
    if (!isFirst && epoch > 0) latest();
  }, [epoch]);
};
