import { setTimeout as sleep } from 'node:timers/promises';

/** Has it settled within so many milliseconds? */
export async function within(milliseconds: number, event: Promise<unknown>): Promise<boolean> {
  const over = new AbortController();
  const late = sleep(milliseconds, false, { signal: over.signal }).catch(() => false);
  try {
    return await Promise.race([event.then(() => true), late]);
  } finally {
    over.abort();
  }
}
