/** ms on the clock that all processes of this machine share and that nobody sets (CLOCK_MONOTONIC). */
export function now(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/**
 * Looks again and again until there is an answer.
 * @throws Error that says what was waited for
 */
export async function until<T>(what: string, timeoutMs: number, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = now() + timeoutMs;
  for (;;) {
    const answer = await look();
    if (answer !== undefined) return answer;
    if (now() > deadline) throw new Error(`${what}: not within ${timeoutMs / 1000} s`);
    await pause(20);
  }
}
