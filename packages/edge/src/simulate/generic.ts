import { between, gaussian } from '../random.ts';
import { rounded, type SignalSource, type Simulators, wave } from './signal.ts';

const DAY_MS = 86_400_000;

/** A room's climate: a daily wave, a heating that cycles, and humidity that falls as the temperature rises. */
const climate: SignalSource = (random) => {
  const mean = between(random, 19, 24);
  const humidity = between(random, 38, 55);
  const daily = random();
  const heating = random();
  const heatingMs = between(random, 10, 25) * 60_000;
  return (ts) => {
    const warmer = 1.5 * wave(ts, DAY_MS, daily) + 0.4 * wave(ts, heatingMs, heating);
    return {
      temperature: rounded(mean + warmer + 0.05 * gaussian(random), 2),
      humidity: rounded(humidity - 2.5 * warmer + 0.3 * gaussian(random), 1),
    };
  };
};

/** For devices of the type `generic`, which take whatever they are given. */
export const simulators: Simulators = { generic: climate };
