import { setTimeout as pause } from 'node:timers/promises';

/**
 * Waits until `condition` answers something truthy, and answers that. A condition that throws has not come true yet.
 * @param what completes the sentence "not within … ms: "
 * @throws when the deadline (ms, default 10 s) passes, with what the condition said last
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  what: string,
  { deadline = 10_000 }: { deadline?: number } = {},
): Promise<NonNullable<T>> {
  const end = performance.now() + deadline;
  let last: unknown;
  for (let wait = 5; ; wait = Math.min(wait * 2, 50)) {
    try {
      last = await condition();
      if (last) return last as NonNullable<T>;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) {
      const said = last instanceof Error ? last : new Error(`the condition answered ${JSON.stringify(last)}`);
      throw new Error(`not within ${deadline} ms: ${what}`, { cause: said });
    }
    await pause(wait);
  }
}

/** Is the promise still open after everything that was ready had its turn for `ms`? For what must not happen yet. */
export async function staysOpen(promise: Promise<unknown>, ms = 100): Promise<boolean> {
  const waited = Symbol('waited');
  const first = await Promise.race([promise.catch(() => undefined), pause(ms, waited)]);
  return first === waited;
}
