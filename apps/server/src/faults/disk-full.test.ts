import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { mergeTruths } from '@muster/testkit/account';
import { checkAccount } from '@muster/testkit/account-check';
import { createApi } from '@muster/testkit/api';
import { startServerProcess } from '@muster/testkit/server-process';
import { watchLedger } from '@muster/testkit/server-process-metrics';
import { makeDevices, signIn } from '@muster/testkit/server-process-operator';
import { until } from '@muster/testkit/until';
import { startBulk } from './bulk.ts';
import { startFleet } from './fleet.ts';
import { sizes } from './sizes.ts';
import { mountSmallDisk } from './small-disk.ts';
import { startWitness } from './witness.ts';

/** Room for PostgreSQL and its log; 5 % of it are the reserve that measured values may not use (disk.ts). */
const DISK_MB = 400;
const BELOW_RESERVE_BYTES = 0.04 * DISK_MB * 1024 * 1024;

test('the disk is full: refusals, then all is stored once, without a restart', async (t) => {
  const mounted = mountSmallDisk(DISK_MB);
  if (typeof mounted === 'string') return t.skip(mounted);
  using disk = mounted;
  const { seed, devices, rate, awayMs } = sizes;
  await using server = await startServerProcess({ dataDir: join(disk.directory, 'data') });
  const pid = server.pid();
  const api = await signIn(server);
  const many = await makeDevices(server, 'industrial.pressure-station', 'station', devices);
  const [guard, poster, ...heavy] = await makeDevices(server, 'generic', 'single', 6);
  assert.ok(guard && poster);
  const device = createApi(
    () => server.http,
    () => poster.token,
  );
  assert.equal((await device.post('/device/telemetry', { values: { temperature: 0 } })).status, 200);
  await using fleet = startFleet(server.mqtt, [{ type: 'industrial.pressure-station', devices: many, rate, seed }]);
  await using witness = startWitness(server.mqtt, guard);
  await using bulk = startBulk(server.mqtt, heavy);
  await using ledger = watchLedger(server);
  bulk.send(1);
  await bulk.settled();
  await witness.nextAcknowledgement();

  const readiness = async () => (await fetch(`${server.http}/health/ready`)).status;
  const holdsBack = async () => {
    await until(async () => (await readiness()) === 503, 'the server says that it takes no data');
    const refused = await device.post('/device/telemetry', { values: { temperature: 1 } });
    assert.equal(refused.status, 503, refused.text);
    assert.match(refused.headers.get('retry-after') ?? '', /^\d+$/);
    const before = witness.acknowledged();
    await pause(awayMs / 8);
    assert.equal(witness.acknowledged(), before, 'nothing is acknowledged');
    assert.equal((await fetch(`${server.http}/health/live`)).status, 200);
  };

  disk.fill(BELOW_RESERVE_BYTES);
  await holdsBack();
  // the reserve is for people
  await signIn(server);
  disk.relieve();
  await witness.nextAcknowledgement();

  disk.fill(0);
  // more than the log of PostgreSQL has room for, before the server looks at the disk again
  bulk.send(50);
  await holdsBack();
  disk.relieve();
  await witness.nextAcknowledgement();
  await server.ready();
  assert.ok(await bulk.stop(60_000));

  const maxUnavailableMs = witness.longestGap();
  assert.equal(server.pid(), pid);
  await Promise.all([fleet.stop(), witness.stop()]);
  assert.deepEqual((await ledger.stop()).faults, []);
  const truth = mergeTruths(...(await fleet.truths()), witness.truth, bulk.truth);
  const { account } = await checkAccount(t, { server, api }, truth, {
    maxUnavailableMs,
    seed,
    'refused for want of room': server.log().split('No space left on device').length - 1,
  });
  assert.equal(account.indeterminate, 0);
});
