import { deviceTopics } from '@muster/contract/mqtt';
import type { Value } from '@muster/contract/telemetry';
import type { CommandInbox } from '../commands/inbox.ts';
import type { HeldConfiguration } from '../configuration/held.ts';
import type { DeviceConnection } from '../connection.ts';
import type { Message } from '../message.ts';
import type { Figures } from './figures.ts';
import type { DevicePlan } from './plan.ts';
import type { Signal } from './signal.ts';
import type { Sent, Truth } from './truth.ts';

/** A message together with what the truth file says of it. */
export interface SimulatedMessage extends Message {
  readonly sent: Sent;
  /** Sent once more on purpose. */
  readonly repeat?: true;
}

/** A run and its accounts. */
export interface Run {
  /** Differs between any two runs. */
  readonly name: string;
  readonly truth: Truth;
  readonly figures: Figures;
}

/** What makes a simulated device obey. */
export interface Answering {
  commands: CommandInbox;
  configuration: HeldConfiguration;
  stop(): Promise<void>;
}

/** One device of a simulation; kept small, there may be ten thousand in a process. */
export interface SimulatedDevice {
  readonly organization: string;
  readonly deviceId: string;
  readonly boot: string;
  readonly connection: DeviceConnection<SimulatedMessage>;
  readonly signal: Signal;
  readonly plan: DevicePlan;
  /** undefined: it does not listen. */
  readonly answering: Answering | undefined;
  /** Messages measured so far. */
  n: number;
  /** The metric that is stuck, and its value. */
  stuck: [string, Value] | undefined;
  /** Messages that wait for others to go first: the message number after which they go. */
  later: { after: number; message: SimulatedMessage }[];
}

/**
 * Takes one measurement, lets the device's faults happen to it and hands it to the connection.
 *
 * @param elapsedMs by plan since the device's first message: what the signal is measured at
 * @param now ms since 1970: what a right clock says
 */
export function measure(device: SimulatedDevice, elapsedMs: number, now: number, run: Run): void {
  const { plan } = device;
  const n = ++device.n;
  const values = device.signal(elapsedMs, n);
  if (n >= plan.stuckFrom) stick(device, values);
  const message = compose(device, n, now + plan.skewMs, values, plan.isNan());
  const overtakenBy = plan.overtakenBy();
  const repeatAfter = plan.repeatAfter();
  if (overtakenBy > 0) device.later.push({ after: n + overtakenBy, message });
  else send(device, message, run);
  if (repeatAfter > 0) {
    device.later.push({ after: n + overtakenBy + repeatAfter, message: { ...message, repeat: true } });
  }
  if (device.later.length > 0) release(device, n, run);
  const away = plan.awayFor(elapsedMs);
  if (away > 0) device.connection.drop(away);
}

/** Sends everything that still waits for others to go first. */
export function releaseAll(device: SimulatedDevice, run: Run): void {
  release(device, Number.POSITIVE_INFINITY, run);
}

function release(device: SimulatedDevice, n: number, run: Run): void {
  for (const { message } of device.later.filter(({ after }) => after <= n)) send(device, message, run);
  device.later = device.later.filter(({ after }) => after > n);
}

function send(device: SimulatedDevice, message: SimulatedMessage, { truth, figures }: Run): void {
  if (message.repeat) {
    figures.repeated++;
    truth.repeated(device.deviceId, device.boot, message.sent.seq);
  } else {
    figures.sent++;
    truth.sent(message.sent);
  }
  device.connection.enqueue(message);
}

function stick(device: SimulatedDevice, values: Record<string, Value>): void {
  if (device.stuck === undefined) {
    const numbers = numeric(values);
    const metric = numbers[Math.floor(device.plan.stuckWhich * numbers.length)];
    if (metric === undefined) return;
    device.stuck = [metric, values[metric] as Value];
  }
  values[device.stuck[0]] = device.stuck[1];
}

function compose(
  { organization, deviceId, boot }: SimulatedDevice,
  seq: number,
  ts: number,
  values: Record<string, Value>,
  nan: boolean,
): SimulatedMessage {
  const topic = deviceTopics.telemetry(deviceId);
  const metric = nan ? numeric(values)[0] : undefined;
  if (metric === undefined) {
    const payload = JSON.stringify({ ts, boot, seq, values });
    return { topic, payload, sent: { deviceId, organization, boot, seq, ts, values } };
  }
  const raw = withNan(JSON.stringify({ ts, boot, seq }), values, metric);
  return { topic, payload: raw, sent: { deviceId, organization, boot, seq, ts, raw, refused: true } };
}

/** As a careless `printf` writes it. */
function withNan(head: string, values: Record<string, Value>, metric: string): string {
  const pairs = Object.entries(values).map(
    ([name, value]) => `${JSON.stringify(name)}:${name === metric ? 'NaN' : JSON.stringify(value)}`,
  );
  return `${head.slice(0, -1)},"values":{${pairs.join(',')}}}`;
}

const numeric = (values: Record<string, Value>): string[] =>
  Object.keys(values).filter((name) => typeof values[name] === 'number');
