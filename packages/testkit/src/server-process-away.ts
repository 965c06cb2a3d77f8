import assert from 'node:assert/strict';
import { createApi } from './api.ts';
import type { ServerProcess } from './server-process.ts';
import { readMetrics } from './server-process-metrics.ts';
import type { Credential } from './server-process-operator.ts';
import { until } from './until.ts';

/** Longer than any busy machine takes: timings never fail a test. */
const patience = { deadline: 60_000 };

/** Every process of a server's PostgreSQL stands still: connections hold and nothing is answered. */
export interface Hang extends Disposable {
  goOn(): void;
}

export function hangPostgres(server: ServerProcess): Hang {
  const stopped = server.postgres();
  assert.ok(stopped.length > 1, 'PostgreSQL runs');
  for (const pid of stopped) process.kill(pid, 'SIGSTOP');
  const goOn = () => {
    for (const pid of server.postgres()) process.kill(pid, 'SIGCONT');
  };
  return { goOn, [Symbol.dispose]: goOn };
}

/** Waits until people and devices are told that the store is away, and looks that this is all that is wrong: it must stay so. */
export async function looksAway(server: ServerProcess, device: Credential): Promise<void> {
  const statusOf = (path: string, init: RequestInit = {}) =>
    fetch(new URL(path, server.http), init).then((answer) => answer.status);
  await until(async () => (await statusOf('/health/ready')) === 503, 'readiness says that the store is away', patience);
  const api = createApi(
    () => server.http,
    () => device.token,
  );
  for (const [path, body] of [
    ['/device/telemetry', { values: { temperature: 1 } }],
    ['/device/events', { type: 'told' }],
  ] as const) {
    const answer = await api.post(path, body);
    assert.equal(answer.status, 503, answer.text);
    assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/);
  }
  assert.equal(await statusOf('/health/live'), 200);
  const page = await statusOf('/', { headers: { accept: 'text/html' } });
  assert.ok(page === 200 || page === 404, `the page answered ${page}`);
  assert.equal((await readMetrics(server)).get('muster_store_away'), 1);
}

/** Waits until the server stops to read from devices. */
export async function stopsReading(server: ServerProcess): Promise<void> {
  const name = 'muster_telemetry_pending_bytes_limit_reached';
  await until(async () => (await readMetrics(server)).get(name) === 1, 'reading from devices stops', patience);
}
