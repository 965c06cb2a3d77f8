import { useSyncExternalStore } from 'react';

export type ClockMode = 'local' | 'utc';

export interface ClockZone {
  mode: ClockMode;
  /** IANA name of the zone that times are shown in. */
  zone: string;
  setMode(mode: ClockMode): void;
}

const KEY = 'muster-clock';
const localZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const listeners = new Set<() => void>();

const read = (): ClockMode => (localStorage.getItem(KEY) === 'utc' ? 'utc' : 'local');

const setMode = (mode: ClockMode): void => {
  localStorage.setItem(KEY, mode);
  for (const listener of listeners) listener();
};

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  // Another tab switched.
  addEventListener('storage', listener);
  return () => {
    listeners.delete(listener);
    removeEventListener('storage', listener);
  };
};

/** The clock that this viewer reads: own zone or UTC, one switch for the whole app, kept in the browser. */
export const useClockZone = (): ClockZone => {
  const mode = useSyncExternalStore(subscribe, read);
  return { mode, zone: mode === 'utc' ? 'UTC' : localZone, setMode };
};
