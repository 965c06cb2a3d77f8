import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { mergeTruths } from '@muster/testkit/account';
import { checkAccount } from '@muster/testkit/account-check';
import { type Api, createApi } from '@muster/testkit/api';
import { type ServerProcess, startServerProcess } from '@muster/testkit/server-process';
import { watchLedger } from '@muster/testkit/server-process-metrics';
import { makeDevices, signIn } from '@muster/testkit/server-process-operator';
import { until } from '@muster/testkit/until';
import { startBulk } from './bulk.ts';
import { startFleet } from './fleet.ts';
import { patience, sizes } from './sizes.ts';
import { mountSmallDisk } from './small-disk.ts';
import { startWitness, type Witness } from './witness.ts';

const MEGABYTE = 1024 * 1024;
/** Room for PostgreSQL and its log; 5 % of it are the reserve that measured values may not use (disk.ts). */
const DISK_MB = 400;
const BELOW_RESERVE_BYTES = 0.04 * DISK_MB * MEGABYTE;
/** Room for a few files of the log, 16 MB each. */
const LOG_DISK_MB = 64;

const deviceApi = (server: ServerProcess, token: string) =>
  createApi(
    () => server.http,
    () => token,
  );

/** Nothing is taken and nothing is acknowledged, and that is said. */
async function holdsBack(server: ServerProcess, device: Api, witness: Witness): Promise<void> {
  const readiness = async () => (await fetch(`${server.http}/health/ready`)).status;
  await until(async () => (await readiness()) === 503, 'the server says that it takes no data', patience);
  const refused = await device.post('/device/telemetry', { values: { temperature: 1 } });
  assert.equal(refused.status, 503, refused.text);
  assert.match(refused.headers.get('retry-after') ?? '', /^\d+$/);
  const before = witness.acknowledged();
  await pause(sizes.diskMs);
  assert.equal(witness.acknowledged(), before, 'nothing is acknowledged');
  assert.equal((await fetch(`${server.http}/health/live`)).status, 200);
}

test('the disk is full: refusals, then all is stored once, without a restart', async (t) => {
  const mounted = mountSmallDisk(DISK_MB);
  if (typeof mounted === 'string') return t.skip(mounted);
  using disk = mounted;
  const { seed, devices, rate } = sizes;
  await using server = await startServerProcess({ dataDir: join(disk.directory, 'data') });
  const pid = server.pid();
  const api = await signIn(server);
  const many = await makeDevices(server, 'industrial.pressure-station', 'station', devices);
  const [guard, poster, ...heavy] = await makeDevices(server, 'generic', 'single', 6);
  assert.ok(guard && poster);
  const device = deviceApi(server, poster.token);
  assert.equal((await device.post('/device/telemetry', { values: { temperature: 0 } })).status, 200);
  await using fleet = startFleet(server.mqtt, [{ type: 'industrial.pressure-station', devices: many, rate, seed }]);
  await using witness = startWitness(server.mqtt, guard);
  await using bulk = startBulk(server.mqtt, heavy);
  await using ledger = watchLedger(server);
  bulk.send(1);
  await bulk.settled();
  await witness.nextAcknowledgement();

  for (const percent of [80, 90, 95]) {
    disk.fill(Math.floor(((100 - percent) / 100) * DISK_MB * MEGABYTE) - MEGABYTE);
    const warned = () => [...server.log().matchAll(/"usedPercent":(\d+)/g)].some(([, used]) => Number(used) >= percent);
    await until(warned, `it warns of a disk that is used to ${percent} %`, patience);
  }
  disk.fill(BELOW_RESERVE_BYTES);
  await holdsBack(server, device, witness);
  // the reserve is for people
  await signIn(server);
  disk.relieve();
  await witness.nextAcknowledgement();

  disk.fill(0);
  // more than there is room for, before the server looks at the disk again
  bulk.send(50);
  await holdsBack(server, device, witness);
  disk.relieve();
  await witness.nextAcknowledgement();
  await server.ready();
  assert.ok(await bulk.stop(patience.deadline));

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

test('the disk of the log of PostgreSQL is full and it gives up: refusals, then all is stored once', async (t) => {
  const mounted = mountSmallDisk(LOG_DISK_MB);
  if (typeof mounted === 'string') return t.skip(mounted);
  using disk = mounted;
  const { seed } = sizes;
  await using server = await startServerProcess();
  await server.stop();
  const here = join(server.dataDir, 'postgresql', 'data', 'pg_wal');
  const there = join(disk.directory, 'pg_wal');
  // with its owner, who is not the one of this process
  execFileSync('cp', ['-a', here, there]);
  rmSync(here, { recursive: true });
  symlinkSync(there, here);
  await server.start();
  const pid = server.pid();
  const api = await signIn(server);
  const [guard, poster, ...heavy] = await makeDevices(server, 'generic', 'single', 6);
  assert.ok(guard && poster);
  const device = deviceApi(server, poster.token);
  await using witness = startWitness(server.mqtt, guard);
  await using bulk = startBulk(server.mqtt, heavy);
  bulk.send(1);
  await bulk.settled();
  await witness.nextAcknowledgement();

  disk.fill(0);
  bulk.send(100);
  await until(() => /PANIC|"PostgreSQL ended by itself/.test(server.log()), 'PostgreSQL gives up', patience);
  await holdsBack(server, device, witness);
  disk.relieve();
  await witness.nextAcknowledgement();
  await server.ready();
  assert.ok(await bulk.stop(patience.deadline));

  const maxUnavailableMs = witness.longestGap();
  assert.equal(server.pid(), pid);
  await witness.stop();
  const truth = mergeTruths(witness.truth, bulk.truth);
  const { account } = await checkAccount(t, { server, api }, truth, { maxUnavailableMs, seed });
  assert.equal(account.indeterminate, 0);
});
