import { once } from 'node:events';
import type { BackOff } from '@muster/edge/back-off';
import type { FaultName } from '@muster/edge/simulate/faults';
import type { SimulationOptions } from '@muster/edge/simulate/options';
import type { SignalSource } from '@muster/edge/simulate/signal';
import { simulate } from '@muster/edge/simulate/simulate';
import { simulators } from '../solutions.ts';

/** One simulation as it is told to the process that runs it. */
export interface FleetRun
  extends Pick<SimulationOptions, 'devices' | 'rate' | 'seed' | 'messages' | 'queueBytes' | 'deadlineMs'> {
  type: string;
  truthFile: string;
  faults?: FaultName[];
  faultParameters?: NonNullable<SimulationOptions['faultParameters']>;
}

export interface FleetPlan {
  url: string;
  backOff: BackOff;
  runs: FleetRun[];
}

/** What the process says: that every run ended, and how. */
export interface FleetReport {
  sent: number;
  acknowledged: number;
  repeated: number;
  reconnects: number;
  dropped: number;
}

// A fleet in a process of its own: MQTT clients that no fault of the server, and no work of the test, holds up.
const [plan] = (await once(process, 'message')) as [FleetPlan];
const stop = new AbortController();
process.once('message', () => stop.abort());
process.once('disconnect', () => stop.abort());
const runs = plan.runs.map(({ type, ...run }) =>
  simulate({
    ...run,
    url: plan.url,
    backOff: plan.backOff,
    source: simulators[type] as SignalSource,
    connectsPerSecond: 2000,
    signal: stop.signal,
  }),
);
const figures = await Promise.all(runs);
const sum = (of: (one: (typeof figures)[number]) => number) => figures.reduce((total, one) => total + of(one), 0);
const report: FleetReport = {
  sent: sum((one) => one.sent),
  acknowledged: sum((one) => one.acknowledged),
  repeated: sum((one) => one.repeated),
  reconnects: sum((one) => one.reconnects),
  dropped: sum((one) => one.dropped),
};
process.send?.(report, () => process.exit());
