import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createLog } from '@muster/core';
import { startEmbeddedPostgres } from '@muster/core/platform/db/embedded/start';
import { mergeTruths } from '@muster/testkit/account';
import { checkAccount } from '@muster/testkit/account-check';
import { startServerProcess } from '@muster/testkit/server-process';
import { makeDevices, query, signIn } from '@muster/testkit/server-process-operator';
import { until } from '@muster/testkit/until';
import { startFleet } from './fleet.ts';
import { startPostgresProxy } from './postgres-proxy.ts';
import { patience, sizes } from './sizes.ts';
import { startWitness } from './witness.ts';

const KILLS = 3;

/** Answers a commit before it is written, and writes as late as it can: a kill loses what it has answered. */
const careless = { synchronous_commit: 'off', wal_writer_delay: '10s' };

test('an outside PostgreSQL that is set to answer before it has written: what was acknowledged is stored once', async (t) => {
  const { seed, devices, rate } = sizes;
  const directory = mkdtempSync(join(tmpdir(), 'muster-outside-'));
  chmodSync(directory, 0o755);
  await using cleanUp = new AsyncDisposableStack();
  cleanUp.defer(() => rmSync(directory, { recursive: true, force: true }));
  const postgres = await startEmbeddedPostgres({
    directory: join(directory, 'postgresql'),
    log: createLog('silent'),
    settings: careless,
  });
  cleanUp.defer(() => postgres.stop());
  const { host, port, user, password, database } = postgres.connection;
  const where = new URLSearchParams({ host, port: String(port) });
  const url = `postgres://${user}:${encodeURIComponent(password)}@/${database}?${where}`;
  const server = cleanUp.use(await startServerProcess({ env: { MUSTER_DATABASE_URL: url } }));
  const pid = server.pid();
  const api = await signIn(server);
  const many = await makeDevices(server, 'industrial.pressure-station', 'station', devices);
  const [guard] = await makeDevices(server, 'generic', 'single', 1);
  assert.ok(guard);
  // the devices are not what is to be lost
  await query(server, 'checkpoint');
  const fleet = cleanUp.use(
    startFleet(server.mqtt, [{ type: 'industrial.pressure-station', devices: many, rate, seed }]),
  );
  const witness = cleanUp.use(startWitness(server.mqtt, guard));
  for (let kill = 0; kill < KILLS; kill++) {
    for (let n = 0; n < 10; n++) await witness.nextAcknowledgement();
    const isUp = new Promise<void>((resolve) => postgres.on('up', resolve));
    process.kill(postgres.pid() as number, 'SIGKILL');
    await isUp;
  }
  await witness.nextAcknowledgement();
  const maxUnavailableMs = witness.longestGap();
  await Promise.all([fleet.stop(), witness.stop()]);
  assert.equal(server.pid(), pid, 'the server outlives its store');
  const truth = mergeTruths(...(await fleet.truths()), witness.truth);
  const { account } = await checkAccount(t, { server, api }, truth, { maxUnavailableMs, seed, kills: KILLS });
  assert.equal(account.indeterminate, 0);
});

test('a store that breaks off just when the server is ready does not end it', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'muster-outside-'));
  chmodSync(directory, 0o755);
  await using cleanUp = new AsyncDisposableStack();
  cleanUp.defer(() => rmSync(directory, { recursive: true, force: true }));
  const postgres = await startEmbeddedPostgres({ directory: join(directory, 'postgresql'), log: createLog('silent') });
  cleanUp.defer(() => postgres.stop());
  const { host, port, user, password, database } = postgres.connection;
  const proxy = cleanUp.use(await startPostgresProxy(join(host, `.s.PGSQL.${port}`)));
  const url = `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${proxy.port}/${database}`;
  const server = cleanUp.use(await startServerProcess({ env: { MUSTER_DATABASE_URL: url } }));
  await server.stop();
  const before = server.log().length;
  // a start asks whether there is an owner; whoever asks once more is not answered
  void proxy.doubtNext('cut', 'SELECT', 'not exists (select from organizations)', 1);
  await server.start();
  const pid = server.pid();
  const isSaid = () => server.pid() === pid && server.log().slice(before).includes('Muster runs at');
  await until(isSaid, 'it says where it runs', patience);
  await server.ready();
  assert.equal(server.pid(), pid);
});
