import { type ComponentType, type LazyExoticComponent, lazy } from 'react';
import { whenIdle } from './when-idle.ts';

/**
 * A component in a file of its own that a first view does not need. The file is fetched while there is time: what opens
 * at a click or a key must open while the server is away, too.
 */
export const lazyPart = <Props>(
  fetch: () => Promise<{ default: ComponentType<Props> }>,
): LazyExoticComponent<ComponentType<Props>> => {
  // Whoever shows it asks again.
  whenIdle(() => void fetch().catch(() => undefined));
  return lazy(fetch);
};
