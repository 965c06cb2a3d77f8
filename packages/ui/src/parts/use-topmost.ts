import { useEffect, useId, useSyncExternalStore } from 'react';

let open: readonly string[] = [];
const listeners = new Set<() => void>();

const become = (next: readonly string[]): void => {
  open = next;
  for (const listener of listeners) listener();
};

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Of dialogs over each other: is this the one on top? Keys and focus are its own. */
export const useTopmost = (): boolean => {
  const id = useId();
  useEffect(() => {
    become([...open, id]);
    return () => become(open.filter((one) => one !== id));
  }, [id]);
  // until it stands there itself, whatever opens last is on top
  return useSyncExternalStore(subscribe, () => !open.includes(id) || open.at(-1) === id);
};
