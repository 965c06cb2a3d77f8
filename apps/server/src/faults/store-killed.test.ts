import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { mergeTruths } from '@muster/testkit/account';
import { checkAccount } from '@muster/testkit/account-check';
import { startTeller } from '@muster/testkit/account-teller';
import { bodyOf, createApi } from '@muster/testkit/api';
import { type ServerProcess, startServerProcess } from '@muster/testkit/server-process';
import { makeDevices, query, signIn } from '@muster/testkit/server-process-operator';
import { until } from '@muster/testkit/until';
import { startFleet } from './fleet.ts';
import { patience, sizes } from './sizes.ts';
import { startWitness } from './witness.ts';

const KILLING_MS = 4000;
const LOOK_MS = 20;

/** Kills PostgreSQL as soon as it is there, until it is told to stop. @returns how often it did */
async function keepKilling(server: ServerProcess, isOver: () => boolean): Promise<number> {
  let kills = 0;
  while (!isOver()) {
    const [postmaster] = server.postmasters();
    if (postmaster !== undefined) {
      process.kill(postmaster, 'SIGKILL');
      kills++;
    }
    await pause(LOOK_MS);
  }
  return kills;
}

test('PostgreSQL is killed as often as it comes back: nothing is acknowledged that is not stored', async (t) => {
  const { seed, devices, rate } = sizes;
  await using server = await startServerProcess();
  const api = await signIn(server);
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
  await bodyOf(device.post('/device/telemetry', { values: { temperature: 0 } }));
  const end = performance.now() + KILLING_MS;
  let isTold = false;
  const killer = keepKilling(server, () => isTold && performance.now() > end);
  // it comes back for a moment again and again
  const refuses = async () => {
    const { status, headers } = await device.fetch('/api/v1/device/telemetry', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"values":{"temperature":1}}',
      signal: AbortSignal.timeout(1000),
    });
    return status === 503 && Number(headers.get('retry-after')) > 0;
  };
  await until(refuses, 'devices are told to come again', patience).finally(() => {
    isTold = true;
  });
  const kills = await killer;
  await witness.nextAcknowledgement();
  await server.ready();
  const maxUnavailableMs = witness.longestGap();
  await Promise.all([fleet.stop(), witness.stop()]);
  const truth = mergeTruths(...(await fleet.truths()), witness.truth);
  const { account } = await checkAccount(t, { server, api }, truth, { maxUnavailableMs, seed, kills });
  assert.equal(account.indeterminate, 0);
});

/** What ends PostgreSQL, or all of its connections, without a word to them. */
const crashes = {
  'a connection of it crashes': async (server: ServerProcess) => {
    const [backend] = await query<{ pid: number }>(
      server,
      `select pid from pg_stat_activity where application_name = 'muster muster_ingest' order by random()`,
    );
    process.kill(backend?.pid as number, 'SIGSEGV');
  },
  'it is told to quit at once': async (server: ServerProcess) => {
    process.kill(server.postmasters()[0] as number, 'SIGQUIT');
  },
};
const CRASHES = 3;

for (const [what, crash] of Object.entries(crashes)) {
  test(`PostgreSQL under load, and ${what}: the server lives, and what was acknowledged is stored once`, async (t) => {
    const { seed, devices, rate } = sizes;
    await using server = await startServerProcess();
    const pid = server.pid();
    const api = await signIn(server);
    const many = await makeDevices(server, 'industrial.pressure-station', 'station', devices);
    const [guard, told] = await makeDevices(server, 'generic', 'single', 2);
    assert.ok(guard && told);
    await using fleet = startFleet(server.mqtt, [{ type: 'industrial.pressure-station', devices: many, rate, seed }]);
    await using witness = startWitness(server.mqtt, guard);
    await using teller = startTeller(server.mqtt, told);
    for (let n = 0; n < CRASHES; n++) {
      await witness.nextAcknowledgement();
      const before = server.postgres();
      await until(() => crash(server).then(() => true), 'PostgreSQL can be reached', patience);
      await until(
        () => server.postgres().every((one) => one === before[0] || !before.includes(one)),
        'it crashed',
        patience,
      );
    }
    await witness.nextAcknowledgement();
    await server.ready();
    const maxUnavailableMs = witness.longestGap();
    await Promise.all([fleet.stop(), witness.stop(), teller.stop()]);
    assert.equal(server.pid(), pid, 'the server outlives its store');
    const truth = mergeTruths(...(await fleet.truths()), witness.truth, teller.truth);
    const events = await teller.checkEvents(server);
    const { account } = await checkAccount(t, { server, api }, truth, { maxUnavailableMs, seed, events });
    assert.equal(account.indeterminate, 0);
  });
}

test('PostgreSQL is killed and nobody sends anything: readiness says so all the same', async () => {
  await using server = await startServerProcess();
  let isOver = false;
  const killer = keepKilling(server, () => isOver);
  const readiness = async () => (await fetch(new URL('/health/ready', server.http))).status;
  await until(async () => (await readiness()) === 503, 'the server says that its store is down', patience).finally(
    () => {
      isOver = true;
    },
  );
  await killer;
  await server.ready();
});
