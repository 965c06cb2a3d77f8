import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startOutsidePostgres } from '@muster/testkit/outside';
import { createLog } from '../log.ts';
import { migrate } from './migrate.ts';
import { type ConnectionSettings, connectAlone, createPool, type Role } from './pool.ts';

let outside: Awaited<ReturnType<typeof startOutsidePostgres>>;
let settings: ConnectionSettings;
before(async () => {
  outside = await startOutsidePostgres();
  settings = { connection: await outside.freshDatabase() };
  const owner = await connectAlone(settings, 'owner');
  await migrate(owner);
  // what somebody may have set for all connections
  await owner.query('alter role current_user set synchronous_commit = off');
  await owner.query('alter role current_user set statement_timeout = 0');
  await owner.end();
});
after(() => outside.stop());

const ask = `select current_user as role, current_setting('synchronous_commit') as commit, current_setting('TimeZone') as zone,
  current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock,
  current_setting('idle_in_transaction_session_timeout') as idle`;

for (const role of ['muster_app', 'muster_ingest'] as const satisfies Role[]) {
  test(`a connection that works as ${role} waits for the disk, and for nothing for ever`, async () => {
    const client = await connectAlone(settings, role);
    const { rows } = await client.query(ask);
    await client.end();
    assert.deepEqual(rows, [{ role, commit: 'on', zone: 'UTC', statement: '25s', lock: '10s', idle: '30s' }]);
  });
}

test('connections that are lost, idle and in use, end nothing but themselves', async () => {
  const lines: string[] = [];
  const pool = createPool(settings, 'muster_app', 3, createLog('info', { write: (line) => void lines.push(line) }));
  const owner = await connectAlone(settings, 'owner');
  const inUse = await pool.connect();
  const idle = await pool.connect();
  idle.release();
  const gone = Promise.all([inUse, idle].map((client) => new Promise<void>((resolve) => client.once('end', resolve))));
  const asked = assert.rejects(inUse.query('select pg_sleep(60)'));
  await owner.query(
    `select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'muster muster_app'`,
  );
  await Promise.all([asked, gone]);
  inUse.release(true);
  assert.match(lines.join(''), /a database connection was lost/);
  assert.doesNotMatch(lines.join(''), /secretKey|processID/, 'the client with its keys stays out of the log');
  assert.deepEqual((await pool.query('select 1 as one')).rows, [{ one: 1 }]);
  await Promise.all([pool.end(), owner.end()]);
});
