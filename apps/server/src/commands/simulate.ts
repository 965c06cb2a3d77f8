import { parseArgs } from 'node:util';
import { createLog, openOperator, provisionMany } from '@muster/core';
import { type FaultName, faultNames } from '@muster/edge/simulate/faults';
import type { SignalSource } from '@muster/edge/simulate/signal';
import { simulate } from '@muster/edge/simulate/simulate';
import { runningDataDir } from '../settings.ts';
import { simulators } from '../solutions.ts';
import { wishToStop } from '../wish-to-stop.ts';
import { say } from './start.ts';

/** Devices whose tokens are made in one transaction. */
const AT_ONCE = 1000;

/** `muster simulate`: real MQTT clients that talk to the server of this data directory. */
export async function simulateFleet(args: string[]): Promise<number> {
  const wish = readWish(args);
  const operator = await openOperator(await runningDataDir(), createLog('warn'));
  const ctx = await operator.contextOf(wish.organization);
  const prefix = `sim-${wish.type.replace(/^.*\./, '')}`;
  const devices: { organization: string; deviceId: string; token: string }[] = [];
  for (let from = 0; from < wish.devices; from += AT_ONCE) {
    const many = Array.from({ length: Math.min(AT_ONCE, wish.devices - from) }, (_, index) => {
      const deviceId = `${prefix}-${String(from + index + 1).padStart(5, '0')}`;
      return { deviceId, name: deviceId, type: wish.type, placeId: null };
    });
    const tokens = await provisionMany(operator.db, ctx, many);
    for (const [deviceId, token] of tokens) devices.push({ organization: ctx.organizationSlug, deviceId, token });
  }
  await operator.stop();
  const stop = new AbortController();
  void wishToStop().then(() => stop.abort());
  say(`${wish.devices} devices of type ${wish.type} talk to ${operator.running.mqtt}. Ctrl-C ends it.`);
  await simulate({
    url: operator.running.mqtt,
    devices,
    source: wish.source,
    rate: wish.rate,
    seed: wish.seed,
    faults: wish.faults,
    signal: stop.signal,
    log: say,
    ...(wish.seconds === undefined ? {} : { durationMs: wish.seconds * 1000 }),
    ...(wish.truth === undefined ? {} : { truthFile: wish.truth }),
  });
  return 0;
}

interface Wish {
  type: string;
  source: SignalSource;
  devices: number;
  rate: number;
  seed: number;
  faults: FaultName[];
  seconds: number | undefined;
  truth: string | undefined;
  organization: string | undefined;
}

/** @throws RangeError with what is allowed */
function readWish(args: string[]): Wish {
  const { values } = parseArgs({
    args,
    options: {
      type: { type: 'string', default: 'generic' },
      devices: { type: 'string', default: '10' },
      rate: { type: 'string', default: '1' },
      seed: { type: 'string', default: '1' },
      fault: { type: 'string', multiple: true, default: [] },
      seconds: { type: 'string' },
      truth: { type: 'string' },
      organization: { type: 'string' },
    },
  });
  const source = Object.hasOwn(simulators, values.type) ? simulators[values.type] : undefined;
  if (!source) throw new RangeError(`--type must be one of ${Object.keys(simulators).join(', ')}.`);
  const faults = values.fault.flatMap((names) => names.split(','));
  const unknown = faults.find((fault) => !(faultNames as string[]).includes(fault));
  if (unknown !== undefined) throw new RangeError(`There is no fault "${unknown}": ${faultNames.join(', ')}.`);
  return {
    type: values.type,
    source,
    devices: whole('--devices', values.devices, 1, 100_000),
    rate: positive('--rate', values.rate, 1000),
    seed: whole('--seed', values.seed, 0, 2 ** 32 - 1),
    faults: faults as FaultName[],
    seconds: values.seconds === undefined ? undefined : positive('--seconds', values.seconds, 1e7),
    truth: values.truth,
    organization: values.organization,
  };
}

function positive(name: string, text: string, most: number): number {
  const value = Number(text);
  if (!(value > 0 && value <= most)) throw new RangeError(`${name} must be a number above 0 and at most ${most}.`);
  return value;
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${name} must be a whole number from ${least} to ${most}.`);
  }
  return value;
}
