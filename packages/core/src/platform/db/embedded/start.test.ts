import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { postgresOn } from './processes.ts';
import { startEmbeddedPostgres } from './start.ts';
import { atEnd, isRoot, query, recorder, serverProcess, started, temporary, withDatabase } from './testing.ts';

test('a fresh database has checksums, sorts by code point and listens on a private socket only', async (t) => {
  const directory = temporary(t);
  const log = recorder();
  const server = await started(t, directory, {}, log);
  const [row] = await query(
    server.connection,
    `select current_setting('data_checksums') checksums, current_setting('listen_addresses') addresses,
      current_setting('fsync') || current_setting('full_page_writes') || current_setting('synchronous_commit') safe,
      current_database() base, current_user::text, getdatabaseencoding() encoding,
      (select datlocprovider::text || ' ' || datlocale from pg_database where datname = 'muster') locale`,
  );
  assert.deepEqual(row, {
    checksums: 'on',
    addresses: '',
    safe: 'ononon',
    base: 'muster',
    current_user: 'muster_owner',
    encoding: 'UTF8',
    locale: 'b C.UTF-8',
  });
  assert.match(server.version, /^18\.\d+$/);
  assert.equal(server.adopted, false);
  assert.equal(statSync(server.connection.host).mode & 0o777, 0o700);
  assert.equal(statSync(join(server.connection.host, '.s.PGSQL.5432')).mode & 0o777, 0o700);
  const listening = log.lines.filter((line) => line.includes('listening on'));
  assert.equal(listening.length, 1);
  assert.match(listening[0] as string, /listening on Unix socket/);
});

test('the password is 256 random bits in a file that only the owner reads, and is neither logged nor on a command line', async (t) => {
  const directory = temporary(t);
  const log = recorder();
  const server = await started(t, directory, {}, log);
  const { password } = server.connection;
  const file = join(directory, 'postgresql', 'password');
  assert.match(password, /^[0-9a-f]{64}$/);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(readFileSync(file, 'utf8').trim(), password);
  await assert.rejects(query({ ...server.connection, password: 'another' }, 'select 1'), /password authentication/);
  await assert.rejects(query(server.connection, `do $$ begin raise '${password}'; end $$`));
  await server.stop();
  assert.ok(log.lines.some((line) => line.includes('password authentication failed')));
  assert.ok(log.lines.some((line) => line.includes('[removed]')));
  assert.ok(!log.lines.join('\n').includes(password));
});

test('a stop leaves no process, and the next start has the data and the password of the first', async (t) => {
  const directory = await withDatabase(t);
  const first = await started(t, directory);
  await query(first.connection, 'create table kept as select 42 as answer');
  await first.stop();
  assert.equal(first.pid(), undefined);
  assert.deepEqual(postgresOn(join(directory, 'postgresql', 'data')), []);
  assert.deepEqual(readdirSync(join(directory, 'postgresql')).sort(), [
    'data',
    'messages',
    'password',
    'socket',
    'watchdog',
  ]);
  const second = await started(t, directory);
  assert.equal(second.adopted, false);
  assert.equal(second.connection.password, first.connection.password);
  assert.deepEqual(await query(second.connection, 'select answer from kept'), [{ answer: 42 }]);
});

test('given settings replace the suited ones, but never open the network', async (t) => {
  const server = await started(t, await withDatabase(t), { max_connections: '17', listen_addresses: '*' });
  const rows = await query(
    server.connection,
    "select current_setting('max_connections') m, current_setting('listen_addresses') l",
  );
  assert.deepEqual(rows, [{ m: '17', l: '' }]);
});

test('a setting that PostgreSQL refuses fails with its words and leaves nothing running', async (t) => {
  const directory = await withDatabase(t);
  await assert.rejects(started(t, directory, { max_connections: 'many' }), {
    code: 'unavailable',
    message: /invalid value for parameter "max_connections"/,
  });
  assert.deepEqual(postgresOn(join(directory, 'postgresql', 'data')), []);
  await started(t, directory);
});

test('a path too long for a socket takes a private directory in the temporary one, gone after the stop', async (t) => {
  const directory = join(temporary(t), 'a-directory-with-a-long-name'.repeat(4), ', "quoted" and blank');
  const first = await started(t, directory);
  const { host } = first.connection;
  assert.equal(dirname(host), tmpdir());
  assert.equal(statSync(host).mode & 0o777, 0o700);
  await query(first.connection, 'create table kept as select 1 as one');
  await first.stop();
  assert.equal(existsSync(host), false);
  mkdirSync(host, { mode: 0o755 });
  atEnd(t, () => rmSync(host, { recursive: true, force: true }));
  await assert.rejects(started(t, directory), {
    code: 'conflict',
    message: /not a directory that only this user can open/,
  });
  rmSync(host, { recursive: true });
  const second = await started(t, directory);
  assert.equal(second.connection.host, host);
  assert.deepEqual(await query(second.connection, 'select one from kept'), [{ one: 1 }]);
});

test('a second server on the same directory is refused and told who has it', async (t) => {
  const directory = await withDatabase(t);
  const { child, report, kill } = await serverProcess(t, directory);
  assert.ok(report.pid);
  await assert.rejects(started(t, directory), {
    code: 'conflict',
    message: new RegExp(`^Process ${child.pid} is a Muster`),
  });
  assert.equal((await query(report.connection as never, 'select 1 as one')).length, 1);
  await kill();
  const server = await started(t, directory);
  await assert.rejects(started(t, directory), { code: 'conflict', message: new RegExp(`^Process ${process.pid} `) });
  await server.stop();
});

test('of servers that start at once on one directory exactly one runs', async (t) => {
  const directory = temporary(t);
  const all = await Promise.all(Array.from({ length: 4 }, () => serverProcess(t, directory)));
  const winners = all.filter(({ report }) => report.pid !== undefined);
  assert.equal(winners.length, 1);
  for (const { report } of all) {
    if (report.error === undefined) continue;
    assert.equal(report.code, 'conflict');
    assert.match(report.error, new RegExp(`^Process (${all.map(({ child }) => child.pid).join('|')}) `));
  }
  assert.equal(childrenWith(directory), 1);
});

/** Postmasters on the data of a test. */
function childrenWith(directory: string): number {
  const table = execFileSync('ps', ['-ww', '-A', '-o', 'args='], { encoding: 'utf8' });
  return table.split('\n').filter((line) => line.includes(`/postgres -D ${join(directory, 'postgresql', 'data')} `))
    .length;
}

test('data of another major version is refused with advice, and left as it was', async (t) => {
  const directory = temporary(t);
  const data = join(directory, 'postgresql', 'data');
  mkdirSync(join(data, 'base'), { recursive: true });
  writeFileSync(join(data, 'PG_VERSION'), '15\n');
  await assert.rejects(started(t, directory), {
    code: 'conflict',
    message: /made by PostgreSQL 15; this Muster brings PostgreSQL 18\.\d+\. .*pg_dumpall.*MUSTER_DATABASE_URL/,
  });
  assert.deepEqual(readdirSync(data).sort(), ['PG_VERSION', 'base']);
});

test('a directory with the files of somebody else is refused and left as it was', async (t) => {
  const directory = temporary(t);
  const root = join(directory, 'postgresql');
  mkdirSync(root);
  writeFileSync(join(root, 'thesis.txt'), 'x');
  const before = statSync(join(root, 'thesis.txt'));
  await assert.rejects(started(t, directory), {
    code: 'conflict',
    message: /not a database of Muster \(thesis\.txt\)/,
  });
  assert.deepEqual(readdirSync(root), ['thesis.txt']);
  assert.equal(statSync(join(root, 'thesis.txt')).uid, before.uid);
  rmSync(join(root, 'thesis.txt'));
  mkdirSync(join(root, 'data'));
  writeFileSync(join(root, 'data', 'notes.txt'), 'x');
  await assert.rejects(started(t, directory), { code: 'conflict', message: /not a database of Muster \(notes\.txt\)/ });
});

test('a first start that was killed half-way is made good by the next', async (t) => {
  const directory = temporary(t);
  const root = join(directory, 'postgresql');
  mkdirSync(join(root, 'initializing.4711', 'base', '1'), { recursive: true });
  writeFileSync(join(root, 'initializing.4711', 'PG_VERSION'), '18\n');
  writeFileSync(join(root, 'password.new'), 'abc');
  const server = await started(t, directory);
  assert.deepEqual(await query(server.connection, 'select 1 as one'), [{ one: 1 }]);
  assert.ok(!readdirSync(root).some((name) => name.startsWith('initializing') || name.endsWith('.new')));
});

test('a lost password is said so, since nothing opens the database without it', async (t) => {
  const directory = await withDatabase(t);
  const first = await started(t, directory);
  await first.stop();
  const file = join(directory, 'postgresql', 'password');
  rmSync(file);
  await assert.rejects(started(t, directory), { code: 'conflict', message: /password is missing.*backup/ });
  writeFileSync(file, 'f'.repeat(64));
  await assert.rejects(started(t, directory), { code: 'conflict', message: /does not open the database/ });
  assert.deepEqual(postgresOn(join(directory, 'postgresql', 'data')), []);
});

test('a full disk and a read-only one are named as such, and nothing half stays', async (t) => {
  if (!isRoot) return t.skip('mounting a small file system needs root');
  const directory = temporary(t);
  const [mount, unmount] = ['/bin/mount', '/bin/umount'];
  try {
    execFileSync(mount, ['-t', 'tmpfs', '-o', 'size=8m,mode=755', 'tmpfs', directory], { stdio: 'ignore' });
  } catch {
    return t.skip('this system does not let root mount a file system');
  }
  atEnd(t, () => execFileSync(unmount, [directory]));
  await assert.rejects(started(t, directory), { code: 'unavailable', message: /disk is full\. Free some space/ });
  assert.ok(!readdirSync(join(directory, 'postgresql')).some((name) => /^(data|initializing)/.test(name)));
  rmSync(join(directory, 'postgresql'), { recursive: true });
  execFileSync(mount, ['-o', 'remount,ro', directory]);
  await assert.rejects(started(t, directory), { code: 'unavailable', message: /file system is read-only/ });
});

test('a directory that cannot be made is a clear error', async (t) => {
  const directory = temporary(t);
  writeFileSync(join(directory, 'file'), '');
  await assert.rejects(startEmbeddedPostgres({ directory: join(directory, 'file', 'postgresql'), log: recorder() }), {
    code: 'unavailable',
    message: /The database cannot be kept in .*MUSTER_DATABASE_URL/,
  });
});
