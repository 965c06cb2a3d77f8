import type { LiveDeviceData } from '@muster/contract/live';
import { createLatestStore, type LatestStore } from './latest-store.ts';

export type LiveEvent = NonNullable<LiveDeviceData['event']>;
type Listener = (data: LiveDeviceData) => void;

/** What comes live from one device, for everything on its page. Made by `createDeviceLive`. */
export interface DeviceLive {
  latest: LatestStore;
  /** When the device was last heard, ms; null: not since the page opened. */
  lastSeen(): number | null;
  take(data: LiveDeviceData): void;
  /** Called for every message. */
  listen(listener: Listener): () => void;
}

/** Starts with nothing heard. */
export const createDeviceLive = (schedule: (call: () => void) => void): DeviceLive => {
  const latest = createLatestStore(schedule);
  const listeners = new Set<Listener>();
  let seen: number | null = null;
  return {
    latest,
    lastSeen: () => seen,
    take: (data) => {
      if (data.lastSeenAt !== undefined) seen = Math.max(seen ?? 0, data.lastSeenAt);
      else if (data.values || data.event) seen = Math.max(seen ?? 0, data.receivedAt);
      if (data.values) latest.take(data.values);
      for (const listener of listeners) listener(data);
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
