import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { postgresOn, startOf } from './processes.ts';
import { childrenOf, computing, query, recorder, serverProcess, started, until, withDatabase } from './testing.ts';

test('kill -9 of PostgreSQL: it is down, then up again with all that was committed', async (t) => {
  const server = await started(t, await withDatabase(t));
  await query(server.connection, 'create table kept as select generate_series(1, 1000) as n');
  const heard: string[] = [];
  server.on('down', () => heard.push(`down ${server.pid()}`));
  const back = new Promise<void>((resolve) => server.on('up', resolve));
  const before = server.pid() as number;
  const killed = performance.now();
  process.kill(before, 'SIGKILL');
  await back;
  t.diagnostic(`back after ${Math.round(performance.now() - killed)} ms`);
  assert.deepEqual(heard, ['down undefined']);
  assert.notEqual(server.pid(), before);
  assert.deepEqual(await query(server.connection, 'select count(*)::int as n from kept'), [{ n: 1000 }]);
});

test('a PostgreSQL that was killed before it wrote its number does not keep the next one from starting', async (t) => {
  const directory = await withDatabase(t);
  const file = join(directory, 'postgresql', 'data', 'postmaster.pid');
  const server = await started(t, directory);
  for (const left of ['', 'no number at all\n']) {
    const back = new Promise<void>((resolve) => server.on('up', resolve));
    const down = new Promise<void>((resolve) => server.on('down', resolve));
    process.kill(server.pid() as number, 'SIGKILL');
    await down;
    writeFileSync(file, left);
    await back;
    assert.deepEqual(await query(server.connection, 'select 1 as one'), [{ one: 1 }]);
  }
  await server.stop();
  writeFileSync(file, '');
  await started(t, directory);
});

test('a process that computes on after PostgreSQL was killed does not keep it down', async (t) => {
  const log = recorder();
  const server = await started(t, await withDatabase(t), {}, log);
  const busy = await computing(t, server.connection);
  const back = new Promise<void>((resolve) => server.on('up', resolve));
  process.kill(server.pid() as number, 'SIGKILL');
  await back;
  assert.equal(startOf(busy), undefined);
  assert.ok(log.lines.some((line) => line.startsWith('warn a process of a killed PostgreSQL lives on')));
  assert.deepEqual(await query(server.connection, 'select 1 as one'), [{ one: 1 }]);
});

test('a stop while PostgreSQL is down ends the attempts to start it', async (t) => {
  const directory = await withDatabase(t);
  const server = await started(t, directory);
  const down = new Promise<void>((resolve) => server.on('down', resolve));
  let up = 0;
  server.on('up', () => {
    up += 1;
  });
  process.kill(server.pid() as number, 'SIGKILL');
  await down;
  await server.stop();
  assert.equal(up, 0);
  assert.equal(server.pid(), undefined);
  assert.deepEqual(postgresOn(join(directory, 'postgresql', 'data')), []);
});

test('two stops at once are one', async (t) => {
  const directory = await withDatabase(t);
  const server = await started(t, directory);
  await Promise.all([server.stop(), server.stop()]);
  assert.deepEqual(postgresOn(join(directory, 'postgresql', 'data')), []);
  await started(t, directory);
});

test('a watchdog that is killed is replaced, and the new one guards as well', async (t) => {
  const directory = await withDatabase(t);
  const { child, report, kill } = await serverProcess(t, directory);
  const [first] = childrenOf(child.pid, 'muster-watchdog');
  process.kill(first as number, 'SIGKILL');
  await until(() => childrenOf(child.pid, 'muster-watchdog').some((pid) => pid !== first), 'another watchdog runs');
  await kill();
  await until(() => startOf(report.pid as number) === undefined, 'PostgreSQL ends');
});

test('Ctrl-C in a terminal reaches neither PostgreSQL nor the watchdog', async (t) => {
  const server = await started(t, await withDatabase(t));
  const groupOf = (pid: number) => execFileSync('ps', ['-o', 'pgid=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  const [watchdog] = childrenOf(process.pid, 'muster-watchdog');
  assert.notEqual(groupOf(server.pid() as number), groupOf(process.pid));
  assert.notEqual(groupOf(watchdog as number), groupOf(process.pid));
});
