/** What to do when too many wait. */
interface Fullness {
  most: number;
  /** What is thrown to who is sent away. */
  refusal: () => Error;
}

/** Runs a piece of work when it is its turn. @param whose turn it is: whoever has much to do waits for himself and not the others for him */
export type InTurn = <T>(work: () => Promise<T>, whose?: string) => Promise<T>;

interface Waiting {
  go(): void;
  refuse(error: Error): void;
}

/**
 * Runs so many pieces of work at once. Who comes then waits: everybody is served in rounds, one piece each. When too many wait, it is the
 * last piece of whoever has most that is sent away.
 */
export function createTurns(atOnce: number, full?: Fullness): InTurn {
  /** In the order in which they are served next. */
  const queues = new Map<string, Waiting[]>();
  let running = 0;
  let waiting = 0;

  function wait(whose: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const queue = queues.get(whose) ?? [];
      queues.set(whose, queue);
      queue.push({ go: resolve, refuse: reject });
      waiting++;
      if (full && waiting > full.most) sendAway(full.refusal());
    });
  }

  function sendAway(error: Error): void {
    let longest: [whose: string, queue: Waiting[]] | undefined;
    for (const entry of queues) if (!longest || entry[1].length >= longest[1].length) longest = entry;
    if (!longest) return;
    const [whose, queue] = longest;
    queue.pop()?.refuse(error);
    if (queue.length === 0) queues.delete(whose);
    waiting--;
  }

  /** @returns whether somebody has taken the place */
  function passOn(): boolean {
    for (const [whose, queue] of queues) {
      queues.delete(whose);
      const next = queue.shift();
      if (queue.length > 0) queues.set(whose, queue);
      if (!next) continue;
      waiting--;
      next.go();
      return true;
    }
    return false;
  }

  return async (work, whose = '') => {
    // the place is handed on, so that nobody slips in between
    if (running < atOnce) running++;
    else await wait(whose);
    try {
      return await work();
    } finally {
      if (!passOn()) running--;
    }
  };
}
