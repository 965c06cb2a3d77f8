import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { mergeTruths } from '@muster/testkit/account';
import { checkAccount } from '@muster/testkit/account-check';
import { type Api, createApi } from '@muster/testkit/api';
import { type ServerProcess, startServerProcess } from '@muster/testkit/server-process';
import { memoryOf } from '@muster/testkit/server-process-memory';
import { readMetrics, watchLedger } from '@muster/testkit/server-process-metrics';
import { makeDevices, signIn } from '@muster/testkit/server-process-operator';
import { until } from '@muster/testkit/until';
import { BULK_BYTES, startBulk } from './bulk.ts';
import { startFleet } from './fleet.ts';
import { sizes } from './sizes.ts';
import { startWitness } from './witness.ts';

/** Takes minutes on a busy machine: runs with MUSTER_FAULTS=all. */
const atNight = process.env.MUSTER_FAULTS === 'all' ? false : 'runs with MUSTER_FAULTS=all';

/** Where reading from devices stops (writer.ts), and what the rest of the server may need on top while it waits. */
const HIGH_WATER_BYTES = 64 * 1024 * 1024;
const MOST_GROWTH_BYTES = 400 * 1024 * 1024;
const BULK_DEVICES = 6;

let server: ServerProcess;
let api: Api;
before(async () => {
  server = await startServerProcess();
  api = await signIn(server);
});
after(() => server?.[Symbol.asyncDispose]());

const statusOf = (path: string, init: RequestInit = {}) =>
  fetch(new URL(path, server.http), { ...init, signal: AbortSignal.timeout(3000) }).then((answer) => answer.status);

/** What people and devices are told while the store is away. */
async function looksAway(token: string): Promise<void> {
  await until(async () => (await statusOf('/health/ready')) === 503, 'readiness says that the store is away');
  const device = createApi(
    () => server.http,
    () => token,
  );
  const answer = await device.post('/device/telemetry', { values: { temperature: 1 } });
  assert.equal(answer.status, 503, answer.text);
  assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/);
  assert.equal(await statusOf('/health/live'), 200);
  const page = await statusOf('/', { headers: { accept: 'text/html' } });
  assert.ok(page === 200 || page === 404, `the page answered ${page}`);
  assert.equal((await readMetrics(server)).get('muster_store_away'), 1);
}

test('PostgreSQL hangs: nothing is acknowledged, memory is bounded, then all of it is stored once', {
  skip: atNight,
}, async (t) => {
  const { seed, devices, rate, awayMs } = sizes;
  const many = await makeDevices(server, 'industrial.pressure-station', 'hung', devices);
  const heavy = await makeDevices(server, 'generic', 'hung-bulk', BULK_DEVICES);
  const [guard, poster] = await makeDevices(server, 'generic', 'hung-single', 2);
  assert.ok(guard && poster);
  await using fleet = startFleet(server.mqtt, [{ type: 'industrial.pressure-station', devices: many, rate, seed }]);
  await using witness = startWitness(server.mqtt, guard);
  await using ledger = watchLedger(server);
  await using bulk = startBulk(server.mqtt, heavy);
  bulk.send(1);
  await Promise.all([bulk.settled(), witness.nextAcknowledgement()]);
  const device = createApi(
    () => server.http,
    () => poster.token,
  );
  assert.equal((await device.post('/device/telemetry', { values: { temperature: 0 } })).status, 200);
  const memory = memoryOf(server.pid()).now;
  const hung = server.postgres();
  assert.ok(hung.length > 1);
  for (const pid of hung) process.kill(pid, 'SIGSTOP');
  try {
    const end = performance.now() + awayMs;
    const before = bulk.acknowledged();
    bulk.send(Math.ceil((1.3 * HIGH_WATER_BYTES) / BULK_BYTES / BULK_DEVICES));
    await looksAway(poster.token);
    const acknowledged = witness.acknowledged();
    const pressure = 'muster_telemetry_pending_bytes_limit_reached';
    await until(async () => (await readMetrics(server)).get(pressure) === 1, 'reading from devices stops');
    await pause(Math.max(0, end - performance.now()));
    assert.equal(witness.acknowledged(), acknowledged, 'nothing is acknowledged while the store is away');
    assert.equal(bulk.acknowledged(), before);
    const pending = (await readMetrics(server)).get('muster_telemetry_pending_bytes') ?? 0;
    assert.ok(pending < 1.5 * HIGH_WATER_BYTES, `${pending} bytes wait`);
    for (const pid of hung) process.kill(pid, 'SIGCONT');
    await witness.nextAcknowledgement();
    await server.ready();
    assert.ok(await bulk.stop(60_000), 'all that was sent at once is acknowledged');
    const maxUnavailableMs = witness.longestGap();
    await Promise.all([fleet.stop(), witness.stop()]);
    assert.deepEqual((await ledger.stop()).faults, []);
    const truth = mergeTruths(...(await fleet.truths()), witness.truth, bulk.truth);
    const { account } = await checkAccount(t, { server, api }, truth, { maxUnavailableMs, seed });
    assert.equal(account.indeterminate, 0);
    const growth = server.peakMemory() - memory;
    assert.ok(growth < MOST_GROWTH_BYTES, `memory grew by ${growth} bytes`);
  } finally {
    for (const pid of server.postgres()) process.kill(pid, 'SIGCONT');
  }
});

test('PostgreSQL is killed as often as it comes back: nothing is acknowledged that is not stored', {
  skip: atNight,
}, async (t) => {
  const { seed, devices, rate, awayMs } = sizes;
  const many = await makeDevices(server, 'industrial.pressure-station', 'killed', devices);
  const [guard, poster] = await makeDevices(server, 'generic', 'killed-single', 2);
  assert.ok(guard && poster);
  await using fleet = startFleet(server.mqtt, [{ type: 'industrial.pressure-station', devices: many, rate, seed }]);
  await using witness = startWitness(server.mqtt, guard);
  await witness.nextAcknowledgement();
  const device = createApi(
    () => server.http,
    () => poster.token,
  );
  assert.equal((await device.post('/device/telemetry', { values: { temperature: 0 } })).status, 200);
  // the server notices at once, so half of the time tells as much
  const end = performance.now() + awayMs / 2;
  let kills = 0;
  const killer = (async () => {
    while (performance.now() < end) {
      const [postmaster] = server.postmasters();
      if (postmaster !== undefined) {
        process.kill(postmaster, 'SIGKILL');
        kills++;
      }
      await pause(20);
    }
  })();
  await looksAway(poster.token);
  await killer;
  await witness.nextAcknowledgement();
  await server.ready();
  const maxUnavailableMs = witness.longestGap();
  await Promise.all([fleet.stop(), witness.stop()]);
  const truth = mergeTruths(...(await fleet.truths()), witness.truth);
  const { account } = await checkAccount(t, { server, api }, truth, { maxUnavailableMs, seed, kills });
  assert.equal(account.indeterminate, 0);
});
