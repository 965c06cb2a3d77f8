import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ServerProcess } from './server-process.ts';

/** What the server tells Prometheus, by name and labels as they stand there; it answers while its store is away too. */
export async function readMetrics({ http, dataDir }: ServerProcess): Promise<Map<string, number>> {
  const token = readFileSync(join(dataDir, 'metrics-token'), 'utf8').trim();
  const answer = await fetch(`${http}/metrics`, {
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(30_000),
  });
  if (!answer.ok) throw new Error(`/metrics answered ${answer.status}: ${await answer.text()}`);
  const lines = (await answer.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

/** Looks again and again whether the ledger's equation holds. */
export interface LedgerWatch extends AsyncDisposable {
  /** Ends it. @returns how often it looked, and what it saw that must not be */
  stop(): Promise<{ looks: number; faults: string[] }>;
}

const LOOK_MS = 100;

/** `received = stored + duplicates + rejected + pending`, at every moment that the server answers. */
export function watchLedger(server: ServerProcess): LedgerWatch {
  const seen = { looks: 0, faults: [] as string[] };
  const stopping = new AbortController();
  async function look(): Promise<void> {
    const metrics = await readMetrics(server);
    const of = (state: string) => metrics.get(`muster_ledger_messages{state="${state}"}`) ?? Number.NaN;
    const sum = of('stored') + of('duplicates') + of('rejected') + of('pending');
    seen.looks++;
    if (sum !== of('received') && !Number.isNaN(sum)) seen.faults.push(`received ${of('received')}, the sum is ${sum}`);
  }
  const run = (async () => {
    while (!stopping.signal.aborted) {
      // while it is killed and started again nobody answers
      await look().catch(() => undefined);
      await pause(LOOK_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  async function stop() {
    stopping.abort();
    await run;
    return seen;
  }
  return {
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
}
