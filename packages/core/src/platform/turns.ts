/**
 * Runs so many pieces of work at once; who comes then waits for a place, first come, first served.
 * @param mostWaiting beyond them `onFull` answers what is thrown
 */
export function createTurns(atOnce: number, mostWaiting = Number.POSITIVE_INFINITY, onFull?: () => Error) {
  let running = 0;
  const queue: (() => void)[] = [];
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running < atOnce) running++;
    else {
      if (onFull && queue.length >= mostWaiting) throw onFull();
      // the place is handed on, so that nobody slips in between
      await new Promise<void>((resolve) => queue.push(resolve));
    }
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next) next();
      else running--;
    }
  };
}
