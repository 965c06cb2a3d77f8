import { useSyncExternalStore } from 'react';

export type Overlay = 'palette' | 'keys' | null;

let overlay: Overlay = null;
const listeners = new Set<() => void>();

const show = (next: Overlay): void => {
  overlay = next;
  for (const listener of listeners) listener();
};

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const showPalette = (): void => show('palette');
export const showKeys = (): void => show('keys');
export const hideOverlay = (): void => show(null);

/** What lies over the page: the palette, the list of keys, or nothing. */
export const useOverlay = (): Overlay => useSyncExternalStore(subscribe, () => overlay);
