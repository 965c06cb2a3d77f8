import type { BackOff } from '../back-off.ts';
import type { FaultName, FaultParameters } from './faults.ts';
import type { Figures } from './figures.ts';
import type { SignalSource } from './signal.ts';

export interface DeviceCredential {
  /** The organization's slug. */
  organization: string;
  deviceId: string;
  token: string;
}

export interface SimulationOptions {
  /** `mqtt://host:1883` or `mqtts://host:8883`. */
  url: string;
  devices: readonly DeviceCredential[];
  /** Simulates the type of all these devices: `simulators[type]` of its solution. */
  source: SignalSource;
  /** Messages a second of each device. */
  rate: number;
  /** The same seed gives the same values, and the same faults to the same devices. */
  seed: number;
  faults?: readonly FaultName[];
  /** Changes to the parameters in `faults.ts`. */
  faultParameters?: { [N in FaultName]?: Partial<FaultParameters[N]> };
  /** Appended to; described in `truth.ts`. Absent: none. */
  truthFile?: string;
  /** Ends the run; the first of these that comes. Without any it runs for ever. */
  signal?: AbortSignal;
  durationMs?: number;
  /** For each device. */
  messages?: number;
  /** At the end, how long to wait for acknowledgements. */
  deadlineMs?: number;
  /** How fast the fleet appears. */
  connectsPerSecond?: number;
  /** Bytes of unacknowledged messages that each device keeps; beyond, its oldest go. */
  queueBytes?: number;
  backOff?: BackOff;
  /** Devices take commands and configuration. Default true; false: they do not even listen. */
  answers?: boolean;
  /** Where devices keep commands and configuration over runs; absent: in memory, since ten thousand files are many. */
  directory?: string;
  /** ms since 1970: what a right clock says. */
  now?: () => number;
  /** Names this run; each device's `boot` is made of it. Default: random, so that no two runs repeat a `(boot, seq)`. */
  run?: string;
  /** A line for people, every five seconds and at the end. */
  log?: (line: string) => void;
  /** Every second. */
  onFigures?: (figures: Readonly<Figures>) => void;
}
