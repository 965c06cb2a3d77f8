import { useEffect, useRef } from 'react';

export interface Cursor {
  /** The device whose row is selected, also while the address still lags behind. */
  current(): string | undefined;
  move(deviceId: string): void;
}

/**
 * Keeps the selected row ahead of the address, which follows a moment later: keys that come faster than it lose no step.
 * @param selected what the address says
 * @param onSelect writes the address
 */
export const useCursor = (selected: string | undefined, onSelect: (deviceId: string) => void): Cursor => {
  const at = useRef(selected);
  const underWay = useRef(new Set<string>());

  useEffect(() => {
    if (selected === at.current) underWay.current.clear();
    // Not our own writing, but Back, Forward or a link.
    else if (selected === undefined || !underWay.current.has(selected)) at.current = selected;
  }, [selected]);

  return {
    current: () => at.current,
    move: (deviceId) => {
      at.current = deviceId;
      underWay.current.add(deviceId);
      onSelect(deviceId);
    },
  };
};
