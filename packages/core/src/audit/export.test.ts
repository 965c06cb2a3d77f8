import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { bodyOf, problemOf } from '@muster/testkit/api';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { localClock } from './export.ts';
import { verifyExport } from './verify-file.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer();
  for (const name of ['=HYPERLINK("http://x","y")', '+1', '-1', '@a', '\ttab', '＝1', 'plain, with "quotes"'])
    await bodyOf(server.api.post('/devices', { deviceId: `d${made++}`, type: 'generic', name }), 201);
  await server.muster.checkpoints.take();
});
after(() => server.stop());

let made = 0;
let files = 0;
const exported = async (query: Record<string, string>) =>
  (await server.api.get('/audit/export', { query })).text as string;

async function keep(text: string): Promise<string> {
  const file = join(server.dataDir, `export-${++files}.ndjson`);
  await writeFile(file, text);
  return file;
}

/** Reads RFC 4180. */
function readCsv(text: string): string[][] {
  const fields = text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g);
  const rows: string[][] = [[]];
  for (const [, quoted, bare, end] of fields) {
    rows.at(-1)?.push(quoted === undefined ? (bare ?? '') : quoted.replaceAll('""', '"'));
    if (end === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

test('a whole export verifies with nothing but the file, the entry of the export itself in it', async () => {
  const text = await exported({ format: 'ndjson' });
  const report = await verifyExport(await keep(text));
  assert.deepEqual([report.ok, report.problem, report.organizationId], [true, null, server.id]);
  assert.ok(report.checkpoints >= 1);
  const lines = text.trim().split('\n');
  assert.equal(report.entries + report.checkpoints + 1, lines.length);
  assert.equal(lines.map((line) => JSON.parse(line)).findLast(({ kind }) => kind === 'entry').action, 'audit.exported');
});

test('of one organization two are read at once, and how many others read does not show', async () => {
  const away = await server.organization('reads-too');
  const rows = await server.adminConnection();
  // the head of each chain is asked for first: nothing goes on while it is held
  await rows.query('begin; lock table audit_heads, audit_entries in access exclusive mode');
  const [here, there] = [server, away].map(({ api }) => [1, 2, 3].map(() => api.get('/audit/verify')));
  for (const readers of [here, there]) {
    const first = await Promise.race(readers ?? []);
    assert.equal(first.status, 429);
    assert.ok(Number(first.headers.get('retry-after')) > 0);
  }
  await rows.query('rollback');
  for (const readers of [here, there]) {
    const answers = await Promise.all(readers ?? []);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 200, 429]);
  }
});

test('a line that was changed, removed or cut off is found, and its number named', async () => {
  const lines = (await exported({ format: 'ndjson' })).trim().split('\n');
  const at = (seq: number) =>
    lines.findIndex((line) => JSON.parse(line).seq === seq && JSON.parse(line).kind === 'entry');
  const problemOf = async (changed: string[]) => (await verifyExport(await keep(changed.join('\n')))).problem;
  const changed = lines.with(at(4), (lines[at(4)] as string).replace('device.created', 'device.deleted'));
  assert.deepEqual(await problemOf(changed), { seq: 4, what: 'changed' });
  assert.deepEqual(await problemOf(lines.toSpliced(at(3), 1)), { seq: 3, what: 'missing' });
  assert.equal((await problemOf(lines.slice(0, at(6))))?.seq, 6);
  const swapped = lines.with(at(2), lines[at(5)] as string).with(at(5), lines[at(2)] as string);
  assert.equal((await problemOf(swapped))?.seq, 2);
  const twice = lines.toSpliced(at(5), 0, lines[at(4)] as string);
  assert.deepEqual(await problemOf(twice), { seq: 4, what: 'out_of_order' });
  const shortened = (lines[0] as string).replace(/"head":\{[^}]*\}/, `"head":{"seq":1,"hash":"x"}`);
  await assert.rejects(problemOf([shortened, ...lines.slice(1, 3)]), { code: 'malformed', message: /signature/ });
  await assert.rejects(problemOf(['{"kind":"entry"}']), { code: 'malformed' });
  await assert.rejects(problemOf(['not JSON']), { code: 'malformed' });
  await assert.rejects(problemOf([]), { code: 'malformed' });
});

test('an export with a filter holds what the filter lets through, and says that it can not be verified', async () => {
  const text = await exported({ format: 'ndjson', action: 'device.' });
  const [head, ...entries] = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(head.whole, false);
  assert.deepEqual(new Set(entries.map(({ action }) => action)), new Set(['device.created']));
  await assert.rejects(verifyExport(await keep(text)), { code: 'malformed', message: /filter/ });
});

test('CSV is safe to open in a spreadsheet, and has UTC and local time', async () => {
  const rows = readCsv(await exported({ format: 'csv', action: 'device.created', timezone: 'Europe/Warsaw' }));
  const [header = [], ...entries] = rows;
  assert.equal(entries.length, 7);
  const column = (name: string) => entries.map((row) => row[header.indexOf(name)] ?? '');
  for (const [index, local] of column('atLocal').entries()) {
    assert.match(local, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0[12]:00$/);
    assert.equal(new Date(local).toISOString(), column('at')[index]);
  }
  for (const field of entries.flat()) assert.doesNotMatch(field, /^[=+\-@\t\r\0＝＋－＠]/);
  assert.ok(column('details').some((text) => text.includes('HYPERLINK')));
  await problemOf(server.api.get('/audit/export', { query: { format: 'csv', timezone: 'Moon/Base' } }), 400);
});

test('what somebody calls his program can not become a formula', async () => {
  await server.signIn({ 'user-agent': '=1+1' });
  const text = await exported({ format: 'csv', action: 'auth.' });
  assert.ok(text.includes(",'=1+1,"), text);
});

test('local time is that of the zone at that time, in summer and in winter', () => {
  const warsaw = localClock('Europe/Warsaw');
  assert.equal(warsaw(new Date('2026-07-01T22:30:00.005Z')), '2026-07-02T00:30:00.005+02:00');
  assert.equal(warsaw(new Date('2026-01-01T12:00:00Z')), '2026-01-01T13:00:00.000+01:00');
  assert.equal(localClock('UTC')(new Date('2026-01-01T00:00:00Z')), '2026-01-01T00:00:00.000+00:00');
});
