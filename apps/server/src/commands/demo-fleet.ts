import { once } from 'node:events';
import { createRandom } from '@muster/edge/random';
import type { DeviceCredential } from '@muster/edge/simulate/options';
import type { SignalSource } from '@muster/edge/simulate/signal';
import { simulate } from '@muster/edge/simulate/simulate';
import { simulators } from '../solutions.ts';

/** What the demo's server tells the process that plays its devices. */
export interface FleetPlan {
  url: string;
  http: string;
  /** The first start: the devices bring the hour before along, as after an outage. */
  backlog: boolean;
  fleets: { type: string; devices: DeviceCredential[] }[];
}

/** Messages a second of each device, by type; one a second for the others. */
const rates: Record<string, number> = { 'hospitality.tablet': 0.2, generic: 0.2 };

/** The simulated fleet of the demo, in a process of its own. It ends with the server that started it. */
export async function demoFleet(): Promise<number> {
  const [plan] = (await once(process, 'message')) as [FleetPlan];
  const stop = new AbortController();
  process.once('disconnect', () => stop.abort());
  process.on('SIGTERM', () => stop.abort());
  if (plan.backlog) await Promise.all(plan.fleets.map((fleet) => sendBacklog(plan.http, fleet, stop.signal)));
  const runs = plan.fleets.map(({ type, devices }) =>
    simulate({
      url: plan.url,
      devices,
      source: simulators[type] as SignalSource,
      rate: rates[type] ?? 1,
      seed: SEED,
      signal: stop.signal,
      // a message that is no JSON now and then: to be found under the device's refused messages
      ...(type === 'generic' ? { faults: ['nan'], faultParameters: { nan: { share: 0.01 } } } : {}),
    }),
  );
  await Promise.all(runs);
  return 0;
}

const BACKLOG_MS = 3_600_000;
const SEED = 7;
/** Messages of one request. */
const AT_ONCE = 1000;

/** Sends an hour of late data over HTTP, each message with its own time. */
async function sendBacklog(http: string, fleet: FleetPlan['fleets'][number], signal: AbortSignal): Promise<void> {
  const step = 1000 / (rates[fleet.type] ?? 1);
  const end = Date.now();
  for (const [index, { token }] of fleet.devices.entries()) {
    const measure = (simulators[fleet.type] as SignalSource)(createRandom(SEED, index), index);
    const messages: { ts: number; values: Record<string, unknown> }[] = [];
    for (let n = 1; n * step < BACKLOG_MS; n++) {
      messages.push({ ts: Math.round(end - BACKLOG_MS + n * step), values: measure(n * step, n) });
    }
    for (let from = 0; from < messages.length && !signal.aborted; from += AT_ONCE) {
      const answer = await fetch(`${http}/api/v1/device/telemetry`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(messages.slice(from, from + AT_ONCE)),
        signal,
      });
      if (!answer.ok) throw new Error(`The backlog was refused: ${answer.status} ${await answer.text()}`);
    }
  }
}
