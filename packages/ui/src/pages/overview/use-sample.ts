import type { Overview } from '@muster/contract/system';
import { useLiveTopic } from '../../live/hooks.ts';

const nothing = () => undefined;

/** Listens to one device that talks, so that the time from a device to this screen is measured on real values. */
export const useSample = (overview: Overview | undefined): void => {
  const dots = overview?.tiles.flatMap((tile) => tile.dots) ?? [];
  const sample = dots.find((dot) => dot.status === 'online');
  useLiveTopic(sample ? `device:${sample.deviceId}` : null, nothing);
};
