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

/** A small computer: busy by turns, warmer when it is, with a disk that fills slowly. */
const computer: SignalSource = (random) => {
  const started = Math.floor(between(random, 0, 30 * DAY_MS) / 1000);
  const memory = between(random, 30, 60);
  const disk = between(random, 20, 60);
  const room = between(random, 35, 45);
  const phase = random();
  return (ts) => {
    const busy = 0.5 + 0.5 * wave(ts, 7 * 60_000, phase);
    const cpu = Math.min(100, Math.max(0, 5 + 60 * busy ** 3 + 2 * gaussian(random)));
    return {
      cpu: rounded(cpu, 1),
      memory: rounded(memory + 8 * busy + 0.2 * gaussian(random), 1),
      disk: rounded(Math.min(95, disk + ts / DAY_MS / 10), 1),
      temperature: rounded(room + cpu / 4 + 0.2 * gaussian(random), 1),
      uptime: started + Math.floor(ts / 1000),
    };
  };
};

/** For the device types of the core; `generic` takes whatever it is given. */
export const simulators: Simulators = { generic: climate, linux: computer };
