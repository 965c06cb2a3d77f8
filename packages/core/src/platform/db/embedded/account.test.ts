import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { chooseAccount, lookUp } from './account.ts';
import { findBinaries } from './binaries.ts';
import type { Connection } from './cluster.ts';
import { isRoot, query, recorder, serverProcess, started, temporary } from './testing.ts';

const nobody = await lookUp('nobody');

/** May others read this file? */
function isReachable(file: string): boolean {
  let path = dirname(file);
  for (; path !== '/' && (statSync(path).mode & 0o001) !== 0; path = dirname(path));
  return path === '/' && (statSync(file).mode & 0o004) !== 0;
}

const ownerOf = (pid: number | undefined) => statSync(`/proc/${pid}`).uid;

function skipUnlessRoot(t: TestContext): boolean {
  if (!isRoot) t.skip('only root starts PostgreSQL as somebody else');
  return !isRoot;
}

test('as root PostgreSQL runs as a user without rights, who owns the directory', async (t) => {
  if (skipUnlessRoot(t)) return;
  const directory = temporary(t);
  const server = await started(t, directory);
  const { uid } = statSync(join(directory, 'postgresql'));
  assert.notEqual(uid, 0);
  assert.equal(statSync(join(directory, 'postgresql', 'password')).uid, uid);
  if (process.platform === 'linux') {
    assert.equal(ownerOf(server.pid()), uid);
    const status = readFileSync(`/proc/${server.pid()}/status`, 'utf8');
    if (isReachable((await findBinaries()).postgres)) assert.match(status, /^CapEff:\s+0+$/m);
    assert.match(status, /^Groups:\s*\d*\s*$/m);
  }
});

test('as root PostgreSQL runs as the owner of the directory when that is not root', async (t) => {
  if (skipUnlessRoot(t) || nobody === undefined) return;
  const directory = temporary(t);
  mkdirSync(join(directory, 'postgresql'));
  chownSync(join(directory, 'postgresql'), nobody.uid, nobody.gid);
  const server = await started(t, directory);
  assert.equal(statSync(join(directory, 'postgresql', 'data')).uid, nobody.uid);
  if (process.platform === 'linux') assert.equal(ownerOf(server.pid()), nobody.uid);
  assert.deepEqual(await query(server.connection, 'select 1 as one'), [{ one: 1 }]);
});

test('as root below a closed directory it runs with the one capability to pass through, or says what to do', async (t) => {
  if (skipUnlessRoot(t)) return;
  const directory = temporary(t);
  chmodSync(directory, 0o700);
  const log = recorder();
  let server: Awaited<ReturnType<typeof started>>;
  try {
    server = await started(t, directory, {}, log);
  } catch (error) {
    assert.match((error as Error).message, /cannot reach .* Move the checkout .* MUSTER_DATA_DIR/s);
    return;
  }
  const status = readFileSync(`/proc/${server.pid()}/status`, 'utf8');
  const words = ['CapEff', 'CapPrm', 'CapBnd'].map(
    (name) => new RegExp(`^${name}:\\s+0*(\\w)$`, 'm').exec(status)?.[1],
  );
  // CAP_DAC_OVERRIDE is bit 1, CAP_DAC_READ_SEARCH bit 2 (linux/capability.h)
  assert.ok(['4', '2'].includes(words[0] as string) && new Set(words).size === 1, words.join());
  assert.match(status, /^NoNewPrivs:\s+1$/m);
  assert.equal(log.lines.filter((line) => line.includes('gets a capability')).length, 1);
  await query(server.connection, 'create table kept as select 42 as answer');
  await server.stop();
  const again = await started(t, directory);
  assert.deepEqual(await query(again.connection, 'select answer from kept'), [{ answer: 42 }]);
});

test('as root below a closed directory, in a container that does not let it pass, it says what to do', async (t) => {
  if (skipUnlessRoot(t)) return;
  const directory = temporary(t);
  chmodSync(directory, 0o700);
  const [setpriv, ...words] = ['setpriv', '--inh-caps=-setpcap', '--bounding-set=-setpcap', '--'] as const;
  if (spawnSync(setpriv, [...words, 'true']).status !== 0) return t.skip('there is no setpriv here');
  const { report } = await serverProcess(t, directory, { through: [setpriv, ...words] });
  assert.equal(report.code, 'unavailable');
  assert.match(
    report.error as string,
    /PostgreSQL runs as the user \w+, who cannot reach .* Move the checkout .* MUSTER_DATA_DIR/s,
  );
});

test('an ordinary user runs PostgreSQL as that user', async (t) => {
  const directory = temporary(t);
  if (!isRoot) {
    const server = await started(t, directory);
    assert.equal(await chooseAccount(directory, recorder()), undefined);
    assert.deepEqual(await query(server.connection, 'select 1 as one'), [{ one: 1 }]);
    return;
  }
  if (nobody === undefined) return t.skip('there is no ordinary user to try it as');
  if (!isReachable(process.execPath) || !isReachable(import.meta.filename)) {
    return t.skip('other users cannot reach this checkout');
  }
  chownSync(directory, nobody.uid, nobody.gid);
  const { report, kill } = await serverProcess(t, directory, { as: nobody });
  assert.equal(report.error, undefined);
  assert.equal(ownerOf(report.pid), nobody.uid);
  assert.deepEqual(await query(report.connection as Connection, 'select current_user::text as me'), [
    { me: 'muster_owner' },
  ]);
  await kill();
});

test('an ordinary user is told when the directory belongs to somebody else', async (t) => {
  if (skipUnlessRoot(t) || nobody === undefined) return;
  const directory = temporary(t);
  if (!isReachable(process.execPath) || !isReachable(import.meta.filename)) {
    return t.skip('other users cannot reach this checkout');
  }
  const { report } = await serverProcess(t, directory, { as: nobody });
  assert.equal(report.code, 'unavailable');
  assert.match(report.error as string, /access is denied\. Start Muster as the user who owns it/);
});
