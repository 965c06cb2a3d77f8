import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Connection } from './cluster.ts';
import { postgresOn, startOf } from './processes.ts';
import {
  atEnd,
  childrenOf,
  computing,
  query,
  recorder,
  serverProcess,
  started,
  until,
  withDatabase,
} from './testing.ts';

/** A running server in another process, with a row to find again. */
async function servedElsewhere(t: TestContext, directory: string) {
  const server = await serverProcess(t, directory);
  const connection = server.report.connection as Connection;
  await query(connection, 'create table kept as select 42 as answer');
  const [watchdog] = childrenOf(server.child.pid, 'muster-watchdog');
  assert.ok(watchdog && server.report.pid);
  return { ...server, connection, watchdog, postmaster: server.report.pid };
}

const kept = (connection: Connection) => query(connection, 'select answer from kept');

test('kill -9 of the server: the watchdog stops PostgreSQL in order', async (t) => {
  const directory = await withDatabase(t);
  const { kill, postmaster, watchdog } = await servedElsewhere(t, directory);
  await kill();
  await until(() => startOf(postmaster) === undefined, 'PostgreSQL ends');
  await until(() => startOf(watchdog) === undefined, 'the watchdog ends');
  assert.deepEqual(postgresOn(join(directory, 'postgresql', 'data')), []);
  const log = recorder();
  const server = await started(t, directory, {}, log);
  assert.equal(server.adopted, false);
  assert.ok(
    log.lines.some((line) => /database system was shut down/.test(line)),
    'it needs no recovery',
  );
  assert.deepEqual(await kept(server.connection), [{ answer: 42 }]);
});

test('a server that starts right after the kill lets the watchdog finish', async (t) => {
  const directory = await withDatabase(t);
  const { kill, postmaster } = await servedElsewhere(t, directory);
  await kill();
  const server = await started(t, directory);
  let downs = 0;
  server.on('down', () => {
    downs += 1;
  });
  assert.equal(server.adopted, false);
  assert.equal(startOf(postmaster), undefined);
  assert.deepEqual(await kept(server.connection), [{ answer: 42 }]);
  await server.stop();
  assert.equal(downs, 0);
});

test('kill -9 of the server and the watchdog: the next server adopts PostgreSQL, hears its messages and stops it', async (t) => {
  const directory = await withDatabase(t);
  const { kill, postmaster, watchdog } = await servedElsewhere(t, directory);
  process.kill(watchdog, 'SIGKILL');
  await kill();
  const log = recorder();
  const server = await started(t, directory, {}, log);
  assert.equal(server.adopted, true);
  assert.equal(server.pid(), postmaster);
  assert.deepEqual(await kept(server.connection), [{ answer: 42 }]);
  await query(server.connection, "do $$ begin raise log 'heard after the adoption'; end $$");
  await until(
    () => log.lines.some((line) => line.startsWith('info heard after the adoption')),
    'its message is logged',
  );
  assert.equal(childrenOf(process.pid, 'muster-watchdog').length, 1);
  await server.stop();
  assert.equal(startOf(postmaster), undefined);
  assert.deepEqual(postgresOn(join(directory, 'postgresql', 'data')), []);
});

test('an adopted PostgreSQL that is killed comes back', async (t) => {
  const directory = await withDatabase(t);
  const { kill, postmaster, watchdog } = await servedElsewhere(t, directory);
  process.kill(watchdog, 'SIGKILL');
  await kill();
  const server = await started(t, directory);
  assert.equal(server.adopted, true);
  const back = new Promise<void>((resolve) => server.on('up', resolve));
  process.kill(postmaster, 'SIGKILL');
  await back;
  assert.notEqual(server.pid(), postmaster);
  assert.deepEqual(await kept(server.connection), [{ answer: 42 }]);
});

test('an orphan with other settings is stopped, and one with the right ones takes its place', async (t) => {
  const directory = await withDatabase(t);
  const { kill, postmaster, watchdog } = await servedElsewhere(t, directory);
  process.kill(watchdog, 'SIGKILL');
  await kill();
  const server = await started(t, directory, { max_connections: '21' });
  assert.equal(server.adopted, false);
  assert.equal(startOf(postmaster), undefined);
  const rows = await query(server.connection, "select answer, current_setting('max_connections') m from kept");
  assert.deepEqual(rows, [{ answer: 42, m: '21' }]);
});

test('kill -9 of server, watchdog and PostgreSQL: the next start recovers what was committed', async (t) => {
  const directory = await withDatabase(t);
  const { kill, postmaster, watchdog } = await servedElsewhere(t, directory);
  process.kill(watchdog, 'SIGKILL');
  process.kill(postmaster, 'SIGKILL');
  await kill();
  const server = await started(t, directory);
  assert.equal(server.adopted, false);
  assert.deepEqual(await kept(server.connection), [{ answer: 42 }]);
});

/** Writes the number of a harmless process of PostgreSQL's user where the killed postmaster's was; another user's would not even look like one. */
function recycle(t: TestContext, directory: string, connection: Connection, postmaster: number): number {
  const data = join(directory, 'postgresql', 'data');
  const { uid, gid } = statSync(data);
  const as = process.getuid?.() === 0 ? { uid, gid } : {};
  const innocent = spawn('sleep', ['1000'], { ...as, stdio: 'ignore' });
  atEnd(t, () => innocent.kill('SIGKILL'));
  for (const file of [join(data, 'postmaster.pid'), join(connection.host, '.s.PGSQL.5432.lock')]) {
    writeFileSync(file, readFileSync(file, 'utf8').replace(String(postmaster), String(innocent.pid)));
  }
  return innocent.pid as number;
}

test('a process that got the number of a killed PostgreSQL is not touched', async (t) => {
  const directory = await withDatabase(t);
  const { kill, postmaster, watchdog, connection } = await servedElsewhere(t, directory);
  process.kill(watchdog, 'SIGKILL');
  process.kill(postmaster, 'SIGKILL');
  await kill();
  const innocent = recycle(t, directory, connection, postmaster);
  const start = startOf(innocent);
  assert.ok(start);
  const log = recorder();
  const server = await started(t, directory, {}, log);
  assert.ok(log.lines.some((line) => line.startsWith('warn postmaster.pid names a process that is not PostgreSQL')));
  assert.deepEqual(await kept(server.connection), [{ answer: 42 }]);
  await server.stop();
  assert.equal(startOf(innocent), start);
});

test('what a killed PostgreSQL left at work is ended first, even when its number belongs to somebody else', async (t) => {
  const directory = await withDatabase(t);
  const { kill, postmaster, watchdog, connection } = await servedElsewhere(t, directory);
  const busy = await computing(t, connection);
  process.kill(watchdog, 'SIGKILL');
  process.kill(postmaster, 'SIGKILL');
  await kill();
  const innocent = recycle(t, directory, connection, postmaster);
  const log = recorder();
  const server = await started(t, directory, {}, log);
  assert.equal(startOf(busy), undefined);
  assert.ok(startOf(innocent));
  assert.ok(log.lines.some((line) => line.includes('pre-existing shared memory block')));
  assert.deepEqual(await kept(server.connection), [{ answer: 42 }]);
});

test('a PostgreSQL whose process is hidden from us, as in another container, is refused', async (t) => {
  const directory = await withDatabase(t);
  const { kill, watchdog } = await servedElsewhere(t, directory);
  process.kill(watchdog, 'SIGKILL');
  await kill();
  const file = join(directory, 'postgresql', 'data', 'postmaster.pid');
  const whole = readFileSync(file, 'utf8');
  // no process has a number above the limit of the system, 2^22
  writeFileSync(file, whole.replace(/^\d+/, '4194305'));
  await assert.rejects(started(t, directory), { code: 'conflict', message: /in another container perhaps/ });
  writeFileSync(file, whole);
  assert.equal((await started(t, directory)).adopted, true);
});
