import { DeviceClock } from '../clock/clock.ts';

/** Noon of a day: what the server said when the device started. */
export const NOON = Date.UTC(2026, 5, 1, 12);

/** For tests: the clock of a device that knows the server's time, and goes on by a millisecond with every look at it. */
export function fixedClock(boot: string): DeviceClock {
  let at = 0;
  return new DeviceClock({
    anchors: {
      begin: () => undefined,
      of: (name) => (name === boot ? { at: 0, time: NOON } : undefined),
      set: () => undefined,
      before: () => undefined,
      after: () => [],
    },
    askServer: async () => NOON,
    boot,
    monotonic: () => at++,
    wall: () => 0,
  });
}
