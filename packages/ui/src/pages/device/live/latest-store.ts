import type { LiveDeviceData } from '@muster/contract/live';
import type { LatestValue, Quality, Value } from '@muster/contract/telemetry';

/** The newest value of a metric, as it was sent. */
export interface Latest {
  value: Value;
  /** When it was measured, ms. */
  ts: number;
  quality: Quality;
}

/** The newest value of every metric of a device. Made by `createLatestStore`. */
export interface LatestStore {
  /** Takes what the server knows; live values that are newer stay. */
  fill(values: Readonly<Record<string, LatestValue>>): void;
  /** Takes live values; late ones do not replace newer ones. */
  take(values: NonNullable<LiveDeviceData['values']>): void;
  get(metric: string): Latest | null;
  /** Names and kinds of value change seldom: the same object until a metric appears that was not there. */
  known(): Readonly<Record<string, Latest>>;
  /** Called at most once per scheduled moment, however many values came. */
  subscribe(listener: () => void): () => void;
}

/**
 * Starts empty.
 * @param schedule when listeners are called: once per animation frame in a browser
 */
export const createLatestStore = (schedule: (call: () => void) => void): LatestStore => {
  const values = new Map<string, Latest>();
  const listeners = new Set<() => void>();
  let known: Record<string, Latest> = {};
  let scheduled = false;

  const tell = () => {
    scheduled = false;
    for (const listener of listeners) listener();
  };
  const put = (metric: string, latest: Latest) => {
    const before = values.get(metric);
    if (before && before.ts > latest.ts) return;
    values.set(metric, latest);
    if (!before) known = Object.fromEntries(values);
  };
  const changed = () => {
    if (scheduled) return;
    scheduled = true;
    schedule(tell);
  };

  return {
    fill: (stored) => {
      for (const [metric, { value, ts, status }] of Object.entries(stored)) {
        put(metric, { value, ts: Date.parse(ts), quality: status === 'stale' ? 'good' : status });
      }
      changed();
    },
    take: (live) => {
      for (const [metric, { value, ts, status }] of Object.entries(live)) put(metric, { value, ts, quality: status });
      changed();
    },
    get: (metric) => values.get(metric) ?? null,
    known: () => known,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
