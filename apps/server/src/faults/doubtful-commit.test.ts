import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { deviceTopics } from '@muster/contract/mqtt';
import type { Ledger } from '@muster/contract/telemetry';
import { createLog } from '@muster/core';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@muster/core/platform/db/embedded/start';
import { between, createRandom } from '@muster/edge/random';
import { mergeTruths } from '@muster/testkit/account';
import { checkAccount } from '@muster/testkit/account-check';
import { bodyOf } from '@muster/testkit/api';
import { connectDevice } from '@muster/testkit/mqtt';
import { type ServerProcess, startServerProcess } from '@muster/testkit/server-process';
import { makeDevices, query, signIn } from '@muster/testkit/server-process-operator';
import { until } from '@muster/testkit/until';
import { startFleet } from './fleet.ts';
import { type Doubt, type PostgresProxy, startPostgresProxy } from './postgres-proxy.ts';
import { sizes } from './sizes.ts';
import { startWitness } from './witness.ts';

const directory = mkdtempSync(join(tmpdir(), 'muster-doubt-'));
let postgres: EmbeddedPostgres;
let proxy: PostgresProxy;
let server: ServerProcess;

before(async () => {
  chmodSync(directory, 0o755);
  postgres = await startEmbeddedPostgres({ directory: join(directory, 'postgresql'), log: createLog('silent') });
  const { host, port, user, password, database } = postgres.connection;
  proxy = await startPostgresProxy(join(host, `.s.PGSQL.${port}`));
  const url = `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${proxy.port}/${database}`;
  const command = [fileURLToPath(import.meta.resolve('./checkpointing-server.ts')), String(CHECKPOINT_MS)];
  server = await startServerProcess({ command, env: { MUSTER_DATABASE_URL: url } });
});
after(async () => {
  await server?.[Symbol.asyncDispose]();
  await proxy?.[Symbol.asyncDispose]();
  await postgres?.stop();
  rmSync(directory, { recursive: true, force: true });
});

const CHECKPOINT_MS = 100;
const doubts: Doubt[] = ['cut', 'half-open', 'late'];

test('the answer of a commit gets lost: its messages are stored once', async (t) => {
  const { seed, devices, rate } = sizes;
  const api = await signIn(server);
  const many = await makeDevices(server, 'industrial.pressure-station', 'doubted', devices);
  const [guard] = await makeDevices(server, 'generic', 'doubted-single', 1);
  assert.ok(guard);
  await using fleet = startFleet(server.mqtt, [{ type: 'industrial.pressure-station', devices: many, rate, seed }]);
  await using witness = startWitness(server.mqtt, guard);
  for (let doubt = 0; doubt < sizes.doubts; doubt++) {
    await witness.nextAcknowledgement();
    await proxy.doubtNext(doubts[doubt % doubts.length] as Doubt);
  }
  await witness.nextAcknowledgement();
  const maxUnavailableMs = witness.longestGap();
  await Promise.all([fleet.stop(), witness.stop()]);
  const truth = mergeTruths(...(await fleet.truths()), witness.truth);
  const { account } = await checkAccount(t, { server, api }, truth, { maxUnavailableMs, seed, doubts: sizes.doubts });
  assert.equal(account.indeterminate, 0);
});

test('connections are ended in the midst of commits: every message is stored once', async (t) => {
  const { seed, devices, rate } = sizes;
  const random = createRandom(seed, 0, 101);
  const api = await signIn(server);
  const many = await makeDevices(server, 'industrial.pressure-station', 'ended', devices);
  const [guard] = await makeDevices(server, 'generic', 'ended-single', 1);
  assert.ok(guard);
  await using fleet = startFleet(server.mqtt, [{ type: 'industrial.pressure-station', devices: many, rate, seed }]);
  await using witness = startWitness(server.mqtt, guard);
  let ended = 0;
  for (let round = 0; round < sizes.doubts * 4; round++) {
    await pause(between(random, 10, 90));
    const rows = await query<{ ended: boolean }>(
      server,
      `select pg_terminate_backend(pid) as ended from pg_stat_activity where application_name = 'muster muster_ingest'`,
    );
    ended += rows.length;
  }
  assert.ok(ended > 0, 'connections were ended');
  await witness.nextAcknowledgement();
  const maxUnavailableMs = witness.longestGap();
  await Promise.all([fleet.stop(), witness.stop()]);
  const truth = mergeTruths(...(await fleet.truths()), witness.truth);
  const { account } = await checkAccount(t, { server, api }, truth, { maxUnavailableMs, seed, ended });
  assert.equal(account.indeterminate, 0);
});

test('the store refuses single rows, and the answer gets lost: the others are stored once', async () => {
  const api = await signIn(server);
  const [device] = await makeDevices(server, 'generic', 'poisoned', 1);
  assert.ok(device);
  const { deviceId } = device;
  const client = await connectDevice(server.mqtt, { ...device, username: `${device.organization}/${deviceId}` });
  const send = (from: number) =>
    Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        client.telemetry({ boot: 'one', seq: from + index, values: { level: 1 } }),
      ),
    );
  await send(1);
  const number = `(select number from devices where device_id = '${deviceId}')`;
  const [row] = await query<{ number: number }>(server, `select ${number} as number`);
  await query(
    server,
    `alter table telemetry add constraint poison check (device <> ${row?.number} or seq % 7 <> 0) not valid`,
  );
  try {
    const doubted = proxy.doubtNext('half-open', 'COMMIT');
    await send(21);
    await doubted;
    await send(41);
  } finally {
    await query(server, 'alter table telemetry drop constraint poison');
    await client.end();
  }
  const rows = await query<{ seq: number }>(server, `select seq from telemetry where device = ${number} order by seq`);
  // 21 to 60 hold six multiples of seven
  const wanted = Array.from({ length: 60 }, (_, index) => index + 1).filter((seq) => seq <= 20 || seq % 7 !== 0);
  assert.deepEqual(
    rows.map(({ seq }) => seq),
    wanted,
  );
  const ledger = await bodyOf<Ledger>(api.get('/telemetry/ledger', { query: { deviceId } }));
  const rejected = { store_refused: 60 - wanted.length };
  assert.deepEqual(ledger, { received: 60, stored: wanted.length, duplicates: 0, rejected, pending: 0 });
});

test('the answer of a commit of events gets lost: each event is stored once', async () => {
  const [device] = await makeDevices(server, 'generic', 'told', 1);
  assert.ok(device);
  const { deviceId } = device;
  const client = await connectDevice(server.mqtt, { ...device, username: `${device.organization}/${deviceId}` });
  const numbers = [1, 2, 3, 4];
  for (const n of numbers) {
    const doubted = proxy.doubtNext(n % 2 === 0 ? 'cut' : 'half-open', 'INSERT', 'into events');
    await Promise.all([client.publish(deviceTopics.events(deviceId), { type: 'told', data: { n } }), doubted]);
  }
  await client.end();
  const rows = await query<{ n: number }>(
    server,
    `select (data ->> 'n')::int as n from events where device = (select number from devices where device_id = $1)
       and type = 'told' order by n`,
    [deviceId],
  );
  assert.deepEqual(
    rows.map(({ n }) => n),
    numbers,
  );
});

/** A checkpoint is written within this long, or not at all while a commit is held back. */
const WRITTEN_MS = 2000;
const MOST_ATTEMPTS = 20;

test('the server is killed when a checkpoint is written and a commit is not: what that held is stored once', async (t) => {
  const { seed, devices, rate } = sizes;
  const api = await signIn(server);
  const many = await makeDevices(server, 'industrial.pressure-station', 'caught', devices);
  const [guard] = await makeDevices(server, 'generic', 'caught-single', 1);
  assert.ok(guard);
  await using fleet = startFleet(server.mqtt, [{ type: 'industrial.pressure-station', devices: many, rate, seed }]);
  await using witness = startWitness(server.mqtt, guard);
  const checkpoint = async () =>
    (await query<{ number: number }>(server, 'select number from telemetry_checkpoints'))[0]?.number ?? 0;
  let caught = 0;
  for (let attempt = 0; attempt < MOST_ATTEMPTS && caught < 3; attempt++) {
    await witness.nextAcknowledgement();
    // while one batch is held the next ones fill, and a checkpoint waits to be taken as soon as it is committed
    const release = await proxy.holdNext();
    await pause(2 * CHECKPOINT_MS);
    const before = await checkpoint();
    const held = proxy.holdNext();
    release();
    const goOn = await held;
    const written = until(async () => (await checkpoint()) > before, 'a checkpoint', { deadline: WRITTEN_MS });
    if (!(await written.catch(() => false))) {
      goOn();
      continue;
    }
    await server.kill();
    await server.start();
    caught++;
  }
  assert.ok(caught > 0, 'a checkpoint was written while a commit was held back');
  await witness.nextAcknowledgement();
  const maxUnavailableMs = witness.longestGap();
  await Promise.all([fleet.stop(), witness.stop()]);
  const truth = mergeTruths(...(await fleet.truths()), witness.truth);
  const { account } = await checkAccount(t, { server, api }, truth, { maxUnavailableMs, seed, caught });
  assert.equal(account.indeterminate, 0);
});
