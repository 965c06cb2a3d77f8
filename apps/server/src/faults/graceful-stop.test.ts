import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { mergeTruths, settle } from '@muster/testkit/account';
import { checkAccount } from '@muster/testkit/account-check';
import { rollupFaults } from '@muster/testkit/account-derived';
import { exportStored } from '@muster/testkit/account-rows';
import { startServerProcess } from '@muster/testkit/server-process';
import { readMetrics } from '@muster/testkit/server-process-metrics';
import { makeDevices, signIn } from '@muster/testkit/server-process-operator';
import { until } from '@muster/testkit/until';
import { startFleet } from './fleet.ts';
import { patience, sizes } from './sizes.ts';
import { startWitness } from './witness.ts';

const STOPS = 3;
/** Messages after which a stop comes. */
const WARM_UP = 400;

test('a stop under load: all that is stored was acknowledged, and the next start has nothing to catch up with', async (t) => {
  const { seed, devices, rate } = sizes;
  await using server = await startServerProcess();
  const api = await signIn(server);
  const storedNow = async () => (await readMetrics(server)).get('muster_telemetry_messages_total') ?? 0;
  for (let stop = 1; stop <= STOPS; stop++) {
    const many = await makeDevices(server, 'industrial.pressure-station', `station-${stop}`, devices);
    const [guard] = await makeDevices(server, 'generic', `single-${stop}`, 1);
    assert.ok(guard);
    // it waits for nobody: what is not acknowledged when the server is gone stays so
    const run = { type: 'industrial.pressure-station', devices: many, rate, seed, deadlineMs: 0 };
    await using fleet = startFleet(server.mqtt, [run]);
    await using witness = startWitness(server.mqtt, guard);
    const storedBefore = await storedNow();
    await until(async () => (await storedNow()) > storedBefore + WARM_UP, 'the fleet speaks', patience);
    await witness.nextAcknowledgement();
    const before = server.log().length;
    assert.equal(await server.stop(), 0, server.log().slice(before));
    await fleet.stop();
    await witness[Symbol.asyncDispose]();

    const started = server.log().length;
    await server.start();
    assert.doesNotMatch(server.log().slice(started), /caught up/);
    const truth = mergeTruths(...(await fleet.truths()), witness.truth);
    const { account, rows } = await checkAccount(t, { server, api }, truth, { seed, stop });
    assert.equal(account.indeterminateStored, 0, 'what was taken was acknowledged');
    assert.deepEqual(await rollupFaults(server), []);
    const device = many[0]?.deviceId ?? '';
    const exported = settle(truth, await exportStored(api, device));
    assert.ok(isDeepStrictEqual([exported.duplicates, exported.unexpected, exported.altered], [[], [], []]));
    assert.equal(exported.stored, rows.filter((row) => row.deviceId === device).length, 'the export has every row');
  }
});
