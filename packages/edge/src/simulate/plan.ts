import { between, createRandom, exponential, type Random } from '../random.ts';
import type { ActiveFaults } from './faults.ts';

/** One stream of random numbers per purpose, so that a fault changes neither the values nor another fault. */
const streams = {
  values: 1,
  disconnect: 2,
  storm: 3,
  clock: 4,
  duplicates: 5,
  outOfOrder: 6,
  stuck: 7,
  nan: 8,
  burst: 9,
  losesResult: 10,
  slowCommand: 11,
  refuses: 12,
  cutOff: 13,
} as const;

/** Overtaken or repeated messages wait for so many others at most. */
const MOST_BETWEEN = 3;
const CONFIRM_MS = 60_000;

/** What will go wrong with one device. The functions are to be called once for every message or command, in order. */
export interface DevicePlan {
  /** ms that the device's clock is ahead. */
  readonly skewMs: number;
  /** The message from which on a sensor is stuck. */
  readonly stuckFrom: number;
  /** Which of its numbers, [0, 1). */
  readonly stuckWhich: number;
  /** Goes through the common outages. */
  readonly outages: boolean;
  /** Refuses every configuration. */
  readonly refuses: boolean;
  /** A configuration can cut it off. */
  readonly isCutOff: boolean;
  /** ms that a new configuration has to reach the server. */
  readonly confirmMs: number;
  isNan(): boolean;
  /** How many later messages overtake this one. */
  overtakenBy(): number;
  /** After how many messages this one is repeated; 0: it is not. */
  repeatAfter(): number;
  /** ms that the device is away from now on; 0: it stays. */
  awayFor(elapsedMs: number): number;
  /** Nobody hears how this command ended. */
  losesResult(): boolean;
  /** ms that this command takes. */
  slowMs(): number;
}

export const valuesRandom = (seed: number, device: number): Random => createRandom(seed, device, streams.values);

export function planDevice(seed: number, device: number, active: ActiveFaults): DevicePlan {
  const random = (stream: number) => createRandom(seed, device, stream);
  const clock = active['clock-skew'];
  const stuck = active['stuck-sensor'];
  const stuckRandom = random(streams.stuck);
  const slow = active['slow-command'];
  const isSlow = slow ? chance(random(streams.slowCommand), slow.share) : never;
  const cutOff = active['cut-off-by-configuration'];
  const isStuck = stuck !== undefined && stuckRandom() < stuck.share;
  return {
    skewMs: clock ? skew(random(streams.clock), clock) : 0,
    stuckFrom: isStuck ? 1 + Math.floor(stuckRandom() * stuck.within) : Number.POSITIVE_INFINITY,
    stuckWhich: stuckRandom(),
    outages: active.burst !== undefined && random(streams.burst)() < active.burst.share,
    refuses: isConcerned(random(streams.refuses), active['refuses-configuration']),
    isCutOff: isConcerned(random(streams.cutOff), cutOff),
    confirmMs: cutOff?.confirmMs ?? CONFIRM_MS,
    isNan: active.nan ? chance(random(streams.nan), active.nan.share) : never,
    overtakenBy: active['out-of-order'] ? some(random(streams.outOfOrder), active['out-of-order'].share) : none,
    repeatAfter: active.duplicates ? some(random(streams.duplicates), active.duplicates.share) : none,
    awayFor: active.disconnect ? absences(random(streams.disconnect), active.disconnect) : none,
    losesResult: active['loses-result'] ? chance(random(streams.losesResult), active['loses-result'].share) : never,
    slowMs: () => (slow && isSlow() ? slow.forMs : 0),
  };
}

/** What will happen to all devices at once: asked again and again, it says when the next one is due. */
export interface RunPlan {
  /** ms that all are away from now on; 0: nothing. */
  stormFor(elapsedMs: number): number;
  /** ms that those with common outages are away from now on; 0: nothing. */
  outageFor(elapsedMs: number): number;
}

export function planRun(seed: number, active: ActiveFaults): RunPlan {
  const storm = active['reconnect-storm'];
  const { burst } = active;
  return {
    stormFor: storm ? moments(createRandom(seed, 0, streams.storm), storm.everyMs, storm.awayMs) : none,
    outageFor: burst ? moments(createRandom(seed, -1, streams.burst), burst.everyMs, burst.outageMs) : none,
  };
}

const never = () => false;
const none = () => 0;

/** Whether a fault is this device's. */
const isConcerned = (random: Random, fault: { share: number } | undefined) =>
  fault !== undefined && random() < fault.share;

const chance = (random: Random, share: number) => () => random() < share;

/** Mostly 0, else 1 to {@link MOST_BETWEEN}. */
const some = (random: Random, share: number) => () => (random() < share ? 1 + Math.floor(random() * MOST_BETWEEN) : 0);

/** Spread over the orders of magnitude: minutes are as likely as hours. */
function skew(random: Random, { share, leastMs, mostMs }: { share: number; leastMs: number; mostMs: number }): number {
  if (random() >= share) return 0;
  const size = Math.round(leastMs * (mostMs / leastMs) ** random());
  return random() < 0.5 ? size : -size;
}

function absences(random: Random, { everyMs, awayMs }: { everyMs: number; awayMs: number }) {
  let next = exponential(random, everyMs);
  return (elapsedMs: number) => {
    if (elapsedMs < next) return 0;
    const away = Math.round(between(random, awayMs / 10, awayMs));
    next = elapsedMs + away + exponential(random, everyMs);
    return away;
  };
}

/** Every `everyMs`, give or take a quarter, for `lengthMs`. */
function moments(random: Random, everyMs: number, lengthMs: number) {
  let next = everyMs * between(random, 0.75, 1.25);
  return (elapsedMs: number) => {
    if (elapsedMs < next) return 0;
    next += lengthMs + everyMs * between(random, 0.75, 1.25);
    return lengthMs;
  };
}
