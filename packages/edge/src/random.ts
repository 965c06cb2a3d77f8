/** Numbers in [0, 1). */
export type Random = () => number;

/** Rounds thrown away after seeding, so that neighbouring seeds have nothing in common. */
const WARM_UP = 15;

/**
 * A repeatable stream of random numbers: sfc32 by Chris Doty-Humphrey (PractRand, public domain), 128 bits of state,
 * so that no two streams of a fleet meet.
 *
 * @param seed a non-negative integer up to 2^53 - 1
 * @param device and @param stream tell streams of one seed apart, 32 bits each
 */
export function createRandom(seed: number, device = 0, stream = 0): Random {
  let a = seed | 0;
  let b = device | 0;
  let c = stream | 0;
  let counter = (Math.floor(seed / 2 ** 32) + 1) | 0;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let round = 0; round < WARM_UP; round++) next();
  return next;
}

/** Evenly spread over [low, high). */
export const between = (random: Random, low: number, high: number): number => low + random() * (high - low);

/** Normally distributed, mean 0 and deviation 1 (Box and Muller 1958, one of the pair). */
export const gaussian = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Waiting time until something that happens every `mean` on average. */
export const exponential = (random: Random, mean: number): number => -mean * Math.log(1 - random());

/** One of a list that is not empty. */
export const pick = <T>(random: Random, list: readonly [T, ...T[]]): T => list[Math.floor(random() * list.length)] as T;
