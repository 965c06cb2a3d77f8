import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { mergeTruths } from '@muster/testkit/account';
import { checkAccount } from '@muster/testkit/account-check';
import { type Api, bodyOf, createApi } from '@muster/testkit/api';
import { type ServerProcess, startServerProcess } from '@muster/testkit/server-process';
import { hangPostgres, looksAway, stopsReading } from '@muster/testkit/server-process-away';
import { memoryOf } from '@muster/testkit/server-process-memory';
import { readMetrics, watchLedger } from '@muster/testkit/server-process-metrics';
import { makeDevices, signIn } from '@muster/testkit/server-process-operator';
import { BULK_BYTES, startBulk } from './bulk.ts';
import { startFleet } from './fleet.ts';
import { patience, sizes } from './sizes.ts';
import { startWitness } from './witness.ts';

/** Where reading from devices stops (pressure.ts), and what the rest of the server may need on top while it waits. */
const HIGH_WATER_BYTES = 64 * 1024 * 1024;
const MOST_GROWTH_BYTES = 450 * 1024 * 1024;
/** So many that their windows alone would let in three times as much. */
const BULK_DEVICES = 16;

let server: ServerProcess;
let api: Api;
before(async () => {
  server = await startServerProcess();
  api = await signIn(server);
});
after(() => server?.[Symbol.asyncDispose]());

test('PostgreSQL hangs: nothing is acknowledged, memory is bounded, then all of it is stored once', async (t) => {
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
  await bodyOf(device.post('/device/telemetry', { values: { temperature: 0 } }));
  const memory = memoryOf(server.pid()).now;
  using hang = hangPostgres(server);
  const end = performance.now() + awayMs;
  const early = device.post('/device/telemetry', { values: { temperature: 1 } });
  const before = bulk.acknowledged();
  bulk.send(Math.ceil((3 * HIGH_WATER_BYTES) / BULK_BYTES / BULK_DEVICES));
  await looksAway(server, poster);
  const acknowledged = witness.acknowledged();
  await stopsReading(server);
  assert.equal((await early).status, 503, 'who sent before it was known is answered, and may send again');
  await pause(Math.max(0, end - performance.now()));
  assert.equal(witness.acknowledged(), acknowledged, 'nothing is acknowledged while the store is away');
  assert.equal(bulk.acknowledged(), before);
  const pending = (await readMetrics(server)).get('muster_telemetry_pending_bytes') ?? 0;
  assert.ok(pending < 1.5 * HIGH_WATER_BYTES, `${pending} bytes wait`);
  const growth = memoryOf(server.pid()).now - memory;
  assert.ok(growth < MOST_GROWTH_BYTES, `memory grew by ${growth} bytes`);
  hang.goOn();
  await witness.nextAcknowledgement();
  await server.ready();
  assert.ok(await bulk.stop(patience.deadline), 'all that was sent at once is acknowledged');
  const maxUnavailableMs = witness.longestGap();
  await Promise.all([fleet.stop(), witness.stop()]);
  assert.deepEqual((await ledger.stop()).faults, []);
  const truth = mergeTruths(...(await fleet.truths()), witness.truth, bulk.truth);
  const { account } = await checkAccount(t, { server, api }, truth, {
    maxUnavailableMs,
    seed,
    'growth while it hung MB': Math.round(growth / 2 ** 20),
  });
  assert.equal(account.indeterminate, 0);
});
