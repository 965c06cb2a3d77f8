import { randomBytes } from 'node:crypto';
import { activate } from './faults.ts';
import { describe, emptyFigures, type Figures, summarize } from './figures.ts';
import { stepper } from './fleet.ts';
import type { SimulationOptions } from './options.ts';
import { type Run, releaseAll, type SimulatedDevice } from './simulated-device.ts';
import { noTruth, openTruth } from './truth.ts';

const TICK_MS = 10;
const FIGURES_MS = 1000;
const LOG_EVERY = 5;

/**
 * Runs a fleet of simulated devices, each an MQTT client of its own, until it is told to stop. Then it sends no more,
 * waits for what is not acknowledged yet, says `offline` for every device and disconnects.
 *
 * Values are a function of seed, device index, message number and rate; which device suffers which fault when is a
 * function of seed and plan. Only the moment in which a message leaves depends on the machine.
 *
 * @returns what it did
 * @throws RangeError for a fault that does not exist, a rate that is not positive, or no devices
 * @throws what the file system says when the truth can not be written
 */
export async function simulate(options: SimulationOptions): Promise<Figures> {
  const { devices, rate, faults = [], truthFile, signal, durationMs, deadlineMs } = options;
  const { run: name = randomBytes(6).toString('base64url') } = options;
  if (!(rate > 0)) throw new RangeError('The rate is the messages a second of each device: more than 0.');
  if (devices.length === 0) throw new RangeError('There is no device to simulate.');
  const active = activate(faults, options.faultParameters);
  const end = Promise.withResolvers<void>();
  const truth = truthFile === undefined ? noTruth : openTruth(truthFile, end.reject);
  const run: Run = { name, truth, figures: emptyFigures(devices.length) };
  const fleet: SimulatedDevice[] = [];
  const step = stepper(options, run, fleet, active);
  const startedAt = performance.now();
  const ticker = setInterval(() => {
    try {
      if (step(performance.now() - startedAt)) end.resolve();
    } catch (error) {
      end.reject(error);
    }
  }, TICK_MS);
  const reports = setInterval(reporter(options, run, fleet), FIGURES_MS);
  const timeout = durationMs === undefined ? undefined : setTimeout(end.resolve, durationMs);
  const abort = () => end.resolve();
  signal?.addEventListener('abort', abort);
  if (signal?.aborted) abort();
  try {
    await end.promise;
    for (const device of fleet) releaseAll(device, run);
  } finally {
    clearInterval(ticker);
    clearTimeout(timeout);
    signal?.removeEventListener('abort', abort);
    await Promise.all(fleet.map((device) => device.connection.stop(deadlineMs)));
    await Promise.all(fleet.map((device) => device.answering?.stop()));
    clearInterval(reports);
    truth.close();
  }
  options.log?.(summarize(countDropped(run.figures, fleet)));
  return run.figures;
}

function reporter({ log, onFigures }: SimulationOptions, { figures }: Run, fleet: SimulatedDevice[]) {
  let acknowledged = 0;
  let seconds = 0;
  return () => {
    countDropped(figures, fleet);
    onFigures?.(figures);
    if (++seconds % LOG_EVERY !== 0) return;
    log?.(describe(figures, (figures.acknowledged - acknowledged) / LOG_EVERY));
    acknowledged = figures.acknowledged;
  };
}

function countDropped(figures: Figures, fleet: readonly SimulatedDevice[]): Figures {
  figures.dropped = fleet.reduce((sum, { connection }) => sum + connection.dropped, 0);
  return figures;
}
