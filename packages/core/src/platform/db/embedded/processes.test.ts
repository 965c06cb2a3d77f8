import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { commandOf, isPostgresOn, startOf } from './processes.ts';
import { atEnd, until } from './testing.ts';

test('a process is known by its start and its words, and gone when it waits to be collected', async (t) => {
  const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
  atEnd(t, () => child.kill('SIGKILL'));
  await once(child, 'spawn');
  const pid = child.pid as number;
  await until(() => commandOf(pid) === 'sleep 1000', 'it runs');
  assert.ok(startOf(pid));
  assert.equal(startOf(pid), startOf(pid));
  assert.equal(isPostgresOn(pid, process.cwd()), false);
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  // no turn of the event loop here, so that it is dead but not collected
  for (const deadline = Date.now() + 5_000; startOf(pid) !== undefined && Date.now() < deadline; );
  assert.equal(startOf(pid), undefined);
  await gone;
  assert.equal(commandOf(pid), undefined);
});
