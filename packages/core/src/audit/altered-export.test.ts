import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Person } from '@muster/contract/users';
import { bodyOf } from '@muster/testkit/api';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { verifyExport } from './verify-file.ts';

let server: TestServer;
let lines: string[];
let files = 0;
before(async () => {
  server = await startTestServer();
  // a line break to some programs, an ordinary character to JSON
  await bodyOf(server.api.post('/places', { name: 'Hall\u2028One', kind: 'site' }), 201);
  const person = await server.addPerson([]);
  await bodyOf(person.api.patch('/auth/me', { name: 'Somebody' }));
  const { version } = await bodyOf(server.api.get<Person>(`/users/${person.id}`));
  await bodyOf(server.api.patch(`/users/${person.id}`, { status: 'disabled' }, { version }));
  await bodyOf(server.api.post(`/users/${person.id}/erase`), 200);
  await server.muster.checkpoints.take();
  lines = (await server.api.get('/audit/export?format=ndjson')).text.trimEnd().split('\n');
});
after(() => server.stop());

/** Verifies the lines as a file of their own. */
async function look(changed: string[]) {
  const file = join(server.dataDir, `altered-${++files}.ndjson`);
  await writeFile(file, `${changed.join('\n')}\n`);
  return verifyExport(file);
}

const at = (seq: number) =>
  lines.findIndex((line) => JSON.parse(line).kind === 'entry' && JSON.parse(line).seq === seq);
const lineOf = (seq: number) => lines[at(seq)] as string;
const erasedLine = (line: string) => {
  const entry = JSON.parse(line);
  return entry.kind === 'entry' ? JSON.stringify({ ...entry, personal: null, salt: null }) : line;
};
/** The first entry that nobody erased. */
const untouched = () => lines.map((line) => JSON.parse(line)).find(({ kind, salt }) => kind === 'entry' && salt).seq;

test('as it was exported it is whole, with what was erased in it', async () => {
  const { ok, problem, erased, unchained } = await look(lines);
  assert.deepEqual([ok, problem, unchained], [true, null, 0]);
  assert.ok(erased > 0);
});

test('an entry whose personal part was taken away is named, unless a record says that it was erased', async () => {
  const seq = untouched();
  const problem = { seq, what: 'erased_unrecorded' };
  assert.deepEqual((await look(lines.with(at(seq), erasedLine(lineOf(seq))))).problem, problem);
  assert.deepEqual((await look(lines.map(erasedLine))).problem, problem);
});

test('a field more, a field twice, other white space or another order of fields is not what was written', async () => {
  const seq = untouched();
  const line = lineOf(seq);
  const reordered = JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(line)).reverse()));
  for (const changed of [
    line.replace('{', '{"note":"x",'),
    line.replace('"action":', '"action":"user.deleted","action":'),
    line.replace('"personal":{', '"personal":{"actorName":"somebody else",'),
    line.replace('"personal":{', '"personal":{"note":1,'),
    line.replace('{', '{ '),
    line.replace('"action"', '"\\u0061ction"'),
    `${line} `,
    reordered,
  ]) {
    assert.notEqual(changed, line);
    assert.deepEqual((await look(lines.with(at(seq), changed))).problem, { seq, what: 'changed' }, changed);
  }
});

test('a signature with a field more, and a first line with a field twice, are not what was written', async () => {
  const index = lines.findIndex((line) => JSON.parse(line).kind === 'checkpoint');
  const checkpoint = lines[index] as string;
  const { problem } = await look(lines.with(index, checkpoint.replace('{', '{"note":"x",')));
  assert.deepEqual(problem, { seq: Math.max(1, JSON.parse(checkpoint).seq), what: 'checkpoint_unsigned' });
  const first = lines[0] as string;
  const twice = first.replace('"organizationId":', '"organizationId":"x","organizationId":');
  await assert.rejects(look(lines.with(0, twice)), { code: 'malformed' });
});

test('lines that no export has are refused: empty ones, an entry without its parts, another kind', async () => {
  const seq = untouched();
  await assert.rejects(look(lines.toSpliced(2, 0, '')), { code: 'malformed' });
  await assert.rejects(look(lines.toSpliced(2, 0, '{"kind":"note"}')), { code: 'malformed' });
  const { personal: _, ...bare } = JSON.parse(lineOf(seq));
  assert.deepEqual((await look(lines.with(at(seq), JSON.stringify(bare)))).problem, { seq, what: 'personal_changed' });
});

test('an entry of before the chain that somebody put in is found, wherever it stands', async () => {
  const forged = (seq: number) =>
    JSON.stringify({ ...JSON.parse(lineOf(1)), kind: 'unchained', seq, salt: null, commitment: '', hash: '' });
  for (const seq of [0, -7, 1, 3]) {
    for (const index of [1, 4, lines.length]) {
      const { ok, problem } = await look(lines.toSpliced(index, 0, forged(seq)));
      assert.deepEqual([ok, problem?.seq], [false, seq], `${seq} in line ${index}`);
    }
  }
});

test('entries of before the chain are counted as what nothing proves, and none of them can be left out', async () => {
  const away = await server.organization('long-ago');
  for (const seq of [-1, 0]) {
    await server.admin(
      `insert into audit_entries (id, organization_id, at, actor_kind, actor_id, actor_name, action, object, details, request_id, seq, result)
       values (gen_random_uuid(), $1, '2026-01-01', 'user', 'u', 'n', 'place.created', 'o', '{}', 'r', $2, 'done')`,
      [away.id, seq],
    );
  }
  const text = (await away.api.get('/audit/export?format=ndjson')).text.trimEnd().split('\n');
  const { ok, unchained, entries } = await look(text);
  assert.deepEqual([ok, unchained, entries], [true, 2, text.filter((line) => line.includes('"kind":"entry"')).length]);
  assert.deepEqual((await look(text.toSpliced(1, 1))).problem, { seq: -1, what: 'missing' });
  assert.deepEqual((await look(text.toSpliced(2, 1))).problem, { seq: 0, what: 'missing' });
  const live = await bodyOf(away.api.get<{ ok: boolean; unchained: number }>('/audit/verify'));
  assert.deepEqual([live.ok, live.unchained], [true, 2]);
});
