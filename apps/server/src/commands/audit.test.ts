import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startTestServer, type TestServer } from '@muster/testkit/server';

const main = join(import.meta.dirname, '../main.ts');

let server: TestServer;
let file: string;
before(async () => {
  server = await startTestServer();
  await server.createDevice();
  await server.muster.checkpoints.take();
  file = join(server.dataDir, 'audit.ndjson');
  await writeFile(file, (await server.api.get('/audit/export?format=ndjson')).text);
});
after(() => server.stop());

/** Runs the command as people do. */
const muster = (...args: string[]) =>
  new Promise<{ code: number; said: string }>((resolve) => {
    const env = { ...process.env, MUSTER_DATA_DIR: server.dataDir };
    execFile(process.execPath, [main, 'audit', ...args], { env, timeout: 60_000 }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, said: stdout + stderr }),
    );
  });

test('an export is verified without a server', async () => {
  const { code, said } = await muster('verify', file);
  assert.match(said, /The audit trail is whole/);
  assert.equal(code, 0);
  const key = /signed by key (\w+)/.exec(said)?.[1] ?? '';
  assert.equal((await muster('verify', file, '--key', key)).code, 0);
  assert.equal((await muster('verify', file, '--key', 'another')).code, 1);
});

test('of an export that was changed the first bad entry is named', async () => {
  const changed = join(server.dataDir, 'changed.ndjson');
  await writeFile(changed, (await server.api.get('/audit/export?format=ndjson')).text.replace('device.created', 'x'));
  const { code, said } = await muster('verify', changed);
  assert.match(said, /NOT WHOLE: entry 3 /);
  assert.equal(code, 1);
});

test('of entries of before the chain it says how many there are, and does not call them whole', async () => {
  const old = await server.organization('long-ago');
  await server.admin(
    `insert into audit_entries (id, organization_id, at, actor_kind, actor_id, actor_name, action, object, details, request_id, seq, result)
     values (gen_random_uuid(), $1, '2026-01-01', 'user', 'u', 'n', 'place.created', 'o', '{}', 'r', 0, 'done')`,
    [old.id],
  );
  const exported = join(server.dataDir, 'old.ndjson');
  await writeFile(exported, (await old.api.get('/audit/export?format=ndjson')).text);
  for (const args of [
    ['verify', exported],
    ['verify', '--organization', old.slug],
  ]) {
    const { code, said } = await muster(...args);
    assert.match(said, /without proof 1 entries of before the chain/);
    assert.match(said, /The chain is whole\. Nothing proves the entries of before it\./);
    assert.doesNotMatch(said, /trail is whole/);
    assert.equal(code, 0);
  }
});

test('the trail of the running server is verified, and what is wrong with it named', async () => {
  const { code, said } = await muster('verify');
  assert.match(said, /The audit trail is whole/);
  assert.equal(code, 0);
  await server.admin('delete from audit_entries where seq = 2');
  const broken = await muster('verify', '--organization', server.slug);
  assert.match(broken.said, /NOT WHOLE: entry 2 is missing/);
  assert.equal(broken.code, 1);
  assert.equal((await muster('verify', '--organization', 'nobody')).code, 1);
});

test('of a file that is not there, and of a CSV, it is said what is wrong and what to do', async () => {
  const absent = await muster('verify', 'nofile');
  assert.match(absent.said, /nofile can not be read: is it there\?/);
  assert.equal(absent.code, 1);
  const csv = join(server.dataDir, 'audit.csv');
  await writeFile(csv, (await server.api.get('/audit/export?format=csv')).text);
  const { code, said } = await muster('verify', csv);
  assert.match(said, /a CSV can not\. Export the whole trail as NDJSON/);
  assert.equal(code, 1);
  assert.match((await muster('verify', server.dataDir)).said, /is no file/);
});

test('anything else is refused with what to say', async () => {
  for (const args of [[], ['nonsense'], ['verify', 'a', 'b']]) {
    const { code, said } = await muster(...args);
    assert.match(said, /muster audit verify/);
    assert.equal(code, 1);
  }
});
