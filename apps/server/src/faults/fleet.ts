import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readTruth, type TruthRecord } from '@muster/edge/simulate/read-truth';
import type { FleetPlan, FleetReport, FleetRun } from './fleet-process.ts';
import { patience } from './sizes.ts';

export interface Fleet extends AsyncDisposable {
  /** Waits until every run has measured what it was to measure, and all that is acknowledged. */
  finished(): Promise<FleetReport>;
  /** Measures no more, waits for acknowledgements until its deadline, and ends. */
  stop(): Promise<FleetReport>;
  /** What it sent and what was acknowledged, per run; to be asked when it ended. */
  truths(): Promise<TruthRecord[]>;
}

/** Kept until it is acknowledged, however long an outage lasts. */
const QUEUE_BYTES = 16 * 1024 * 1024;
/** Soon back, as devices in a hall are, and each at its own moment. */
const BACK_OFF = { firstMs: 100, maximumMs: 500 };

/** Starts simulated devices in a process of its own, which ends with this one. */
export function startFleet(url: string, runs: Omit<FleetRun, 'truthFile'>[]): Fleet {
  const directory = mkdtempSync(join(tmpdir(), 'muster-fleet-'));
  const plan: FleetPlan = {
    url,
    backOff: BACK_OFF,
    runs: runs.map((run, index) => ({
      queueBytes: QUEUE_BYTES,
      deadlineMs: patience.deadline,
      ...run,
      truthFile: join(directory, `truth-${index}.ndjson`),
    })),
  };
  const child = fork(fileURLToPath(import.meta.resolve('./fleet-process.ts')), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  child.on('error', () => undefined);
  child.send(plan);
  const remove = () => rmSync(directory, { recursive: true, force: true });
  process.once('exit', remove);
  let report: FleetReport | undefined;
  child.on('message', (message) => {
    report = message as FleetReport;
  });
  const ended = once(child, 'exit');

  const fleet: Fleet = {
    async finished() {
      await ended;
      if (!report) throw new Error(`the fleet ended without a report: ${child.exitCode ?? child.signalCode}`);
      return report;
    },
    stop() {
      if (child.connected) child.send('stop');
      return fleet.finished();
    },
    truths: () => Promise.all(plan.runs.map(({ truthFile }) => readTruth(truthFile))),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await ended;
      remove();
      process.off('exit', remove);
    },
  };
  return fleet;
}
