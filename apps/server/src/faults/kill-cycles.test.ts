import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { between, createRandom } from '@muster/edge/random';
import { mergeTruths } from '@muster/testkit/account';
import { checkAccount } from '@muster/testkit/account-check';
import { rollupFaults } from '@muster/testkit/account-derived';
import { startTeller } from '@muster/testkit/account-teller';
import { type ServerProcess, startServerProcess } from '@muster/testkit/server-process';
import { watchLedger } from '@muster/testkit/server-process-metrics';
import { makeDevices, signIn } from '@muster/testkit/server-process-operator';
import { until } from '@muster/testkit/until';
import { startFleet } from './fleet.ts';
import { startPoster } from './poster.ts';
import { patience, sizes } from './sizes.ts';
import { startWitness } from './witness.ts';

/** A kill comes at a random moment of this stretch after the last one was overcome. */
const LEAST_MS = 100;
const MOST_MS = 600;
const CHECKPOINT_MS = 200;

const victims = ['the server', 'PostgreSQL', 'both'] as const;

async function strike(server: ServerProcess, victim: (typeof victims)[number]): Promise<void> {
  const [postmaster] = server.postmasters();
  if (victim !== 'the server') process.kill(postmaster as number, 'SIGKILL');
  if (victim === 'PostgreSQL') return;
  await server.kill();
  await server.start();
}

/** The most postmasters seen at once. */
function watchPostmasters(server: ServerProcess): () => number {
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, server.postmasters().length);
  }, 50);
  timer.unref();
  return () => {
    clearInterval(timer);
    return most;
  };
}

test('kill -9 of the server, of PostgreSQL and of both: what was acknowledged is stored once', async (t) => {
  const { seed, cycles, devices, rate } = sizes;
  const random = createRandom(seed, 0, 100);
  const command = [fileURLToPath(import.meta.resolve('./checkpointing-server.ts')), String(CHECKPOINT_MS)];
  await using server = await startServerProcess({ command });
  const [first, ...stations] = await makeDevices(server, 'industrial.pressure-station', 'station', devices);
  const tablets = await makeDevices(server, 'hospitality.tablet', 'tablet', 5);
  const [guard, caller, told] = await makeDevices(server, 'generic', 'single', 3);
  assert.ok(first && guard && caller && told);
  const api = await signIn(server);
  await using fleet = startFleet(server.mqtt, [
    { type: 'industrial.pressure-station', devices: [first, ...stations], rate, seed },
    { type: 'hospitality.tablet', devices: tablets, rate, seed, faults: ['duplicates', 'out-of-order'] },
  ]);
  await using witness = startWitness(server.mqtt, guard);
  await using poster = startPoster(server.http, caller);
  await using teller = startTeller(server.mqtt, told);
  const postmasters = watchPostmasters(server);
  await using ledger = watchLedger(server);
  for (let cycle = 0; cycle < cycles; cycle++) {
    await witness.nextAcknowledgement();
    await pause(between(random, LEAST_MS, MOST_MS));
    const victim = victims[cycle % victims.length] as (typeof victims)[number];
    const before = server.pid();
    await strike(server, victim);
    if (victim === 'PostgreSQL') assert.equal(server.pid(), before, 'the server outlives its store');
  }
  await witness.nextAcknowledgement();
  const maxUnavailableMs = witness.longestGap();
  await Promise.all([fleet.stop(), witness.stop(), poster.stop(), teller.stop()]);
  const { looks, faults } = await ledger.stop();
  assert.deepEqual(faults, []);
  assert.ok(looks > cycles, `the ledger was looked at ${looks} times`);
  assert.equal(postmasters(), 1);
  const truth = mergeTruths(...(await fleet.truths()), witness.truth, poster.truth, teller.truth);
  const events = await teller.checkEvents(server);
  const circumstances = { maxUnavailableMs, seed, kills: cycles, events, 'ledger looks': looks };
  const { account } = await checkAccount(t, { server, api }, truth, circumstances);
  assert.equal(account.indeterminate, 0, 'all was acknowledged in the end');
  await until(
    async () => (await rollupFaults(server)).length === 0,
    'the rollups say what the rows say',
    patience,
  ).catch(async (error) => assert.deepEqual(await rollupFaults(server), [], error));
});
