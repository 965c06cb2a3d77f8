import { DeviceConnection } from '../connection.ts';
import { listenerOf } from '../listener.ts';
import { memoryOutbox } from '../outbox.ts';
import { answer } from './answering.ts';
import type { ActiveFaults } from './faults.ts';
import { countConnections } from './figures.ts';
import type { DeviceCredential, SimulationOptions } from './options.ts';
import { planDevice, planRun, valuesRandom } from './plan.ts';
import { measure, type Run, type SimulatedDevice, type SimulatedMessage } from './simulated-device.ts';

/** Messages in one tick: with more, the sockets would not get their turn. */
const MOST_IN_ONE_TICK = 2000;
/** About six minutes of one message of three metrics a second; ten thousand full queues are 640 MB. */
const QUEUE_BYTES = 64 * 1024;

/**
 * The run's clockwork: called with the ms since the start, again and again, it lets happen what is due: devices begin,
 * measure, and fail together.
 *
 * @returns whether every device has measured all that it was to measure
 */
export function stepper(options: SimulationOptions, run: Run, fleet: SimulatedDevice[], active: ActiveFaults) {
  const { devices, rate, messages = Number.POSITIVE_INFINITY, connectsPerSecond = 500, now = Date.now } = options;
  const plan = planRun(options.seed, active);
  const periodMs = 1000 / rate;
  // Devices take turns, spread evenly over the time between two messages of one: no timer of their own.
  const turnMs = periodMs / devices.length;
  let turns = 0;
  let finished = 0;
  return (elapsed: number): boolean => {
    const begun = Math.min(devices.length, 1 + Math.floor((elapsed * connectsPerSecond) / 1000));
    while (fleet.length < begun) fleet.push(beginDevice(options, run, fleet.length, active));
    const storm = plan.stormFor(elapsed);
    const outage = plan.outageFor(elapsed);
    for (const device of storm > 0 || outage > 0 ? fleet : []) {
      const away = Math.max(storm, device.plan.outages ? outage : 0);
      if (away > 0) device.connection.drop(away);
    }
    for (let taken = 0; turns * turnMs <= elapsed && taken < MOST_IN_ONE_TICK; turns++) {
      const device = fleet[turns % devices.length];
      if (!device || device.n >= messages) continue;
      measure(device, device.n * periodMs, now(), run);
      taken++;
      if (device.n >= messages) finished++;
    }
    run.figures.behindMs = Math.max(0, elapsed - turns * turnMs);
    return finished === devices.length;
  };
}

function beginDevice(options: SimulationOptions, run: Run, index: number, active: ActiveFaults): SimulatedDevice {
  const { url, devices, source, seed, backOff, queueBytes = QUEUE_BYTES } = options;
  const { answers = true, directory, now = Date.now } = options;
  const credential = devices[index] as DeviceCredential;
  const { organization, deviceId } = credential;
  const plan = planDevice(seed, index, active);
  const answering = answers
    ? answer({ organization, deviceId, plan, run, now, directory, connection: () => connection })
    : undefined;
  const count = countConnections(run.figures);
  const connection: DeviceConnection<SimulatedMessage> = new DeviceConnection<SimulatedMessage>({
    url,
    ...credential,
    outbox: memoryOutbox(queueBytes),
    ...(backOff && { backOff }),
    ...(answering && { listener: listenerOf(deviceId, answering) }),
    onState: (state, reason) => {
      count(state, reason);
      if (state !== 'online') return;
      answering?.commands.online();
      answering?.configuration.online();
    },
    onAcknowledged: ({ repeat, sent }) => {
      if (repeat) return;
      run.figures.acknowledged++;
      run.truth.acknowledged(sent.deviceId, sent.boot, sent.seq);
    },
  });
  // what a simulated device applies is done at once
  void answering?.configuration.start();
  answering?.commands.start();
  connection.start();
  return {
    organization,
    deviceId,
    boot: `${run.name}-${index.toString(36)}`,
    connection,
    signal: source(valuesRandom(seed, index), index),
    plan,
    answering,
    n: 0,
    stuck: undefined,
    later: [],
  };
}
