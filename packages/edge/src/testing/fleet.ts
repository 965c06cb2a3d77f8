import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Figures } from '../simulate/figures.ts';
import { simulators } from '../simulate/generic.ts';
import type { SimulationOptions } from '../simulate/options.ts';
import { type ObedientTruthRecord, readTruth } from '../simulate/read-truth.ts';
import type { SignalSource } from '../simulate/signal.ts';
import { simulate } from '../simulate/simulate.ts';
import { type Arrival, type Broker, startBroker } from './broker.ts';

/** A telemetry payload as the broker got it. */
export interface Said extends Arrival {
  /** undefined: it was no JSON. */
  message: { ts: number; boot: string; seq: number; values: Record<string, number> } | undefined;
}

export interface Outcome {
  figures: Figures;
  truth: ObedientTruthRecord;
  /** What each device said, in order of arrival. */
  said: Said[][];
  /** Statuses in order of arrival. */
  statuses: string[];
}

/** For tests: fleets of generic devices on a broker of their own. */
export interface Fleet {
  broker: Broker;
  /** Runs `devices` devices with 200 messages a second each, a truth file, and quick back-off. */
  run(devices: number, options?: Partial<SimulationOptions>): Promise<Outcome>;
  stop(): Promise<void>;
}

export async function startFleet(): Promise<Fleet> {
  const broker = await startBroker();
  const place = mkdtempSync(join(tmpdir(), 'muster-fleet-'));
  let runs = 0;
  return {
    broker,
    async run(devices, options = {}) {
      Object.assign(broker, { arrivals: [], connections: [], refusing: false });
      const ids = Array.from({ length: devices }, (_, index) => `d${index}`);
      const truthFile = join(place, `${++runs}.ndjson`);
      const figures = await simulate({
        url: broker.url,
        devices: ids.map((deviceId) => ({ organization: 'acme', deviceId, token: 'secret' })),
        source: simulators.generic as SignalSource,
        rate: 200,
        seed: 7,
        truthFile,
        backOff: { firstMs: 5, maximumMs: 20 },
        ...options,
      });
      return {
        figures,
        truth: await readTruth(truthFile),
        said: ids.map((id) => broker.arrivals.filter(({ topic }) => topic === `devices/${id}/telemetry`).map(read)),
        statuses: broker.arrivals.filter(({ topic }) => topic.endsWith('/status')).map(({ payload }) => payload),
      };
    },
    async stop() {
      await broker.stop();
      rmSync(place, { recursive: true });
    },
  };
}

function read(arrival: Arrival): Said {
  try {
    return { ...arrival, message: JSON.parse(arrival.payload) };
  } catch {
    return { ...arrival, message: undefined };
  }
}
