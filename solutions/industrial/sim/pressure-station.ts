import { between, gaussian, pick, type Random } from '@muster/edge/random';
import { rounded, type SignalSource, turn, wave } from '@muster/edge/simulate/signal';

const MINUTE_MS = 60_000;

/**
 * Three pressures of a test bench: two supplies that breathe within their normal band, one of which drifts to its high
 * limit and back from time to time, and a test line that is pumped up, left alone for a minute to see whether it
 * leaks, and vented.
 */
export const pressureStation: SignalSource = (random) => {
  const p1 = supply(random, { mean: [4.2, 5.8], wave: 0.5, noise: 0.02 });
  const p2 = supply(random, { mean: [2.2, 2.8], wave: 0.25, noise: 0.01 });
  const drift = excursion(random);
  const p3 = leakTest(random);
  return (ts) => ({
    p1: rounded(p1(ts) + drift(ts), 3),
    p2: rounded(p2(ts), 3),
    p3: rounded(p3(ts), 1),
  });
};

/** bar. A slow wave, a faster one a quarter as high, and noise. */
function supply(random: Random, of: { mean: [number, number]; wave: number; noise: number }) {
  const mean = between(random, ...of.mean);
  const slowMs = between(random, 5, 15) * MINUTE_MS;
  const fastMs = between(random, 0.7, 1.5) * MINUTE_MS;
  const slow = random();
  const fast = random();
  return (ts: number) =>
    mean + of.wave * (wave(ts, slowMs, slow) + 0.25 * wave(ts, fastMs, fast)) + of.noise * gaussian(random);
}

/** bar. Nothing for most of the time, then a rise of 1.8 to 3.3 bar and back within four to eight minutes. */
function excursion(random: Random) {
  const everyMs = between(random, 30, 90) * MINUTE_MS;
  const share = (between(random, 4, 8) * MINUTE_MS) / everyMs;
  const height = between(random, 1.8, 3.3);
  const phase = random();
  return (ts: number) => {
    const at = turn(ts, everyMs, phase) / share;
    return at < 1 ? (height * (1 - Math.cos(2 * Math.PI * at))) / 2 : 0;
  };
}

/** mbar. Idle, six seconds up to the test pressure, a minute of holding with a leak, four seconds down to idle. */
function leakTest(random: Random) {
  const idle = between(random, 280, 340);
  const test = between(random, 640, 720);
  const leakPerMinute = pick(random, [0.3, 0.6, 0.9, 1.5, 12]);
  const cycleMs = between(random, 110, 240) * 1000;
  const phase = random();
  return (ts: number) => {
    const second = (turn(ts, cycleMs, phase) * cycleMs) / 1000;
    const held = test - leakPerMinute;
    let pressure = idle;
    if (second < 6) pressure = idle + ((test - idle) * second) / 6;
    else if (second < 66) pressure = test - (leakPerMinute * (second - 6)) / 60;
    else if (second < 70) pressure = held - ((held - idle) * (second - 66)) / 4;
    return pressure + 0.1 * gaussian(random);
  };
}
