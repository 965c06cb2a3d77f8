import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ImportReport } from '@muster/contract/imports';
import type { Place } from '@muster/contract/places';
import { type Api, bodyOf, problemOf } from '@muster/testkit/api';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { workshop } from '@muster/testkit/solution';
import { yard } from '@muster/testkit/yard';

let server: TestServer;
before(async () => {
  server = await startTestServer({ solutions: [workshop, yard] });
});
after(() => server.stop());

const send = (text: string | Uint8Array, { dryRun = false, api = server.api }: { dryRun?: boolean; api?: Api } = {}) =>
  api.post<ImportReport>('/imports/places', text, {
    headers: { 'content-type': 'text/csv' },
    query: { dryRun: String(dryRun) },
  });
const run = (text: string, options?: { dryRun?: boolean; api?: Api }) => bodyOf(send(text, options), 200);
const dry = async (text: string, api?: Api) => {
  const { problems } = await run(text, { dryRun: true, ...(api ? { api } : {}) });
  return problems.map(({ row, column, code }) => [row, column, code]);
};
const exported = async (api = server.api) => (await api.get('/places/export')).text;
const all = async (api = server.api) =>
  (await bodyOf(api.get<{ items: Place[] }>('/places', { query: { limit: 500 } }))).items;
const counts = ({ created, changed, left, problemCount }: ImportReport) => [created, changed, left, problemCount];
const auditOf = () =>
  server.admin<{ details: object }>(`select details from audit_entries where action = 'places.imported' order by seq`);

const tree = `path,name,kind,timezone,labels,capacity,attributes
harbour,Harbour,site,Europe/Warsaw,sea;north,,"{""floor"":2}"
harbour/east,East yard,yard,,,,
harbour/east/gate-1,Gate 1,gate,,,3,
`;

test('a dry run says what would be done and does nothing; the real run does it; the same file again changes nothing', async () => {
  const report = await run(tree, { dryRun: true });
  assert.deepEqual(counts(report), [3, 0, 0, 0]);
  assert.deepEqual(report.changes[2], { row: 4, what: 'create', name: 'Gate 1', columns: [] });
  assert.deepEqual([(await all()).length, (await auditOf()).length], [0, 0]);
  assert.deepEqual(counts(await run(tree)), [3, 0, 0, 0]);
  const [harbour, , gate] = await all();
  assert.deepEqual(harbour?.labels, ['sea', 'north']);
  assert.deepEqual(gate?.effective, { timezone: 'Europe/Warsaw', labels: ['north', 'sea'] });
  assert.deepEqual([gate?.capacity, harbour?.attributes], [3, { floor: 2 }]);
  assert.deepEqual(counts(await run(tree)), [0, 0, 3, 0]);
  assert.deepEqual(
    (await all()).map(({ version }) => version),
    [1, 1, 1],
  );
  const audit = await auditOf();
  assert.deepEqual(
    audit.map(({ details }) => details),
    [
      { rows: 3, created: 3, changed: 0, left: 0 },
      { rows: 3, created: 0, changed: 0, left: 3 },
    ],
  );
});

test('an export comes back as it went, formulas, semicolons and a byte order mark or not', async () => {
  const wish = { name: '=HYPERLINK("x")', kind: 'site', labels: ['a;b', '@c'], address: "'=1", attributes: { a: '"' } };
  const { id } = await bodyOf(server.api.post<Place>('/places', wish), 201);
  const text = await exported();
  assert.match(text, /^id,path,name,kind,/);
  assert.doesNotMatch(text, /(?:^|,)"?[=+@]/m);
  for (const file of [text, `\uFEFF${text}`, text.replaceAll('\r\n', '\n')]) {
    const report = await run(file);
    assert.deepEqual([report.created, report.changed, report.left], [0, 0, (await all()).length]);
  }
  await bodyOf(server.api.delete(`/places/${id}`), 204);
  await run(text.replace(/^[0-9a-f-]{36}(,hyperlink)/m, '$1'));
  const again = (await all()).find(({ name }) => name === wish.name);
  assert.deepEqual([again?.labels, again?.address, again?.attributes], [wish.labels, wish.address, wish.attributes]);
  const semicolons = 'path;name;kind\nsemi;Semi, colon;site\n';
  assert.equal((await run(semicolons)).created, 1);
});

test('every row’s problem is listed, and one is enough for nothing to be done', async () => {
  const file = `path,name,kind,timezone,capacity,attributes
a,A,site,,,
a,Again,site,,,
b,,site,,,
c,C,planet,,,
d,D,site,Mars/Olympus,,
e,E,site,,many,
f,F,site,,,[1]
nowhere/g,G,hall,,,
Not A Slug,H,site,,,
,I,site,,,
gate,J,gate,,,
k,K
l,L,site,,,,too much
m,${'M'.repeat(121)},site,,,
n,N,site,,,"{""1"":2}"
`;
  const found = await dry(file);
  assert.deepEqual(found, [
    [3, 'path', 'row-twice'],
    [4, 'name', 'missing'],
    [5, 'kind', 'kind-unknown'],
    [6, 'timezone', 'timezone-unknown'],
    [7, 'capacity', 'too-small'],
    [8, 'attributes', 'wrong-form'],
    [9, 'path', 'place-unknown'],
    [10, 'path', 'wrong-form'],
    [11, 'path', 'missing'],
    [12, 'kind', 'kind-not-here'],
    [13, null, 'row-short'],
    [14, null, 'row-long'],
    [15, 'name', 'too-long'],
    [16, 'attributes', 'wrong-form'],
  ]);
  const before = (await all()).length;
  const problem = await problemOf(send(file), 422);
  assert.match(problem.detail, /^Nothing was changed: the file has 14 problems\.$/);
  assert.deepEqual([problem.errors.length, problem.errors[0]?.path], [14, '/rows/3/path']);
  assert.equal((await all()).length, before);
});

test('a file that is none is refused with its reason', async () => {
  assert.deepEqual(await dry('path,name,colour\n'), [[1, 'colour', 'column-unknown']]);
  assert.deepEqual(await dry('path,path\n'), [[1, 'path', 'column-twice']]);
  assert.deepEqual(await dry('name\nX\n'), [[1, 'path', 'missing']]);
  assert.deepEqual(await dry(''), [[1, 'path', 'missing']]);
  const latin = await bodyOf(send(Buffer.from('path,name\nł,Ł\n', 'latin1'), { dryRun: true }));
  assert.equal(latin.problemCount, 1);
  const windows = await bodyOf(send(new Uint8Array([...Buffer.from('path,name\nx,'), 0xb3]), { dryRun: true }));
  assert.equal(windows.problems[0]?.code, 'encoding-wrong');
  await problemOf(server.api.post('/imports/places', { path: 'x' }), 415);
  await problemOf(server.api.post('/places', 'path\nx\n', { headers: { 'content-type': 'text/csv' } }), 415);
  await problemOf(send(`path\n${'x\n'.repeat(20_001)}`), 413);
  await problemOf(send(new Uint8Array(8 * 1024 * 1024 + 1).fill(32)), 413);
});

test('places are moved and renamed by their ids, with all below them, and exchanged', async () => {
  await run('path,name,kind\nleft,Left,site\nright,Right,site\nleft/hall,Hall,hall\nleft/hall/room,Room,room\n');
  const id = async (name: string) => (await all()).find((place) => place.name === name)?.id;
  const [left, right, hall, room] = await Promise.all(['Left', 'Right', 'Hall', 'Room'].map(id));
  assert.deepEqual(counts(await run(`id,path\n${hall},right/big-hall\n`)), [0, 1, 0, 0]);
  const place = await bodyOf(server.api.get<Place>(`/places/${room}`));
  assert.equal(place.parentId, hall);
  assert.match(await exported(), new RegExp(`${room},right/big-hall/room,`));
  assert.deepEqual(counts(await run(`id,path\n${left},right\n${right},left\n`)), [0, 2, 0, 0]);
  assert.match(await exported(), new RegExp(`${room},left/big-hall/room,`));
  const report = await run(
    `id,path,name,kind\n${right},old,,\n,left,New left,site\n`.replace('old,,', 'old,Right,site'),
  );
  assert.deepEqual(counts(report), [1, 1, 0, 0], 'a new place takes the path that is left');
  const circle = `id,path\n${hall},old/big-hall/room/hall\n`;
  assert.deepEqual(await dry(circle), [[2, 'path', 'place-circle']]);
  assert.deepEqual(await dry(`id,path\n${left},old/a\n${right},right/b\n`), [
    [2, 'path', 'place-circle'],
    [3, 'path', 'place-circle'],
  ]);
  const deep = Array.from({ length: 17 }, (_, level) => Array.from({ length: level + 1 }, () => 'x').join('/'));
  const file = `path,name,kind\n${deep.map((path) => `${path},X,room`).join('\n')}\n`;
  assert.deepEqual(await dry(file), [[18, 'path', 'place-deep']]);
  assert.deepEqual(await dry(`id,path\n${hall},left\n`), [[2, 'path', 'taken']]);
});

test('kinds keep to their rules, with the devices that stand there', async () => {
  await run('path,name,kind\nworks,Works,yard\nworks/corner,Corner,room\nworks/gate,Gate,gate\n');
  const corner = (await all()).find(({ name }) => name === 'Corner');
  for (let count = 0; count < 4; count++)
    await server.createDevice({ type: 'yard.camera', placeId: corner?.id as string });
  assert.deepEqual(await dry('path,kind\nworks/corner,gate\n'), [[2, 'kind', 'place-full']]);
  assert.deepEqual(await dry('path,kind\nworks,hall\n'), [[2, 'kind', 'kind-not-here']]);
  assert.deepEqual(await dry('path,kind\nworks,hall\nworks/gate,room\n'), []);
});

test('whoever may change a part imports into that part, and sees and reaches nothing else', async () => {
  await run('path,name,kind\nmine,Mine,site\nmine/hall,My hall,hall\nother,Other,site\n');
  const hall = (await all()).find(({ name }) => name === 'My hall');
  const person = await server.addPerson([{ role: 'administrator', placeId: hall?.id as string }]);
  assert.match(await exported(person.api), /^[^\n]+\r\n[^,]+,hall,My hall,hall,[^\n]*\r\n$/);
  const file = 'path,name,kind\nhall/a,A,room\nhall/a/b,B,room\nhall/a/b/c,C,room\n';
  assert.deepEqual(counts(await run(file, { api: person.api })), [3, 0, 0, 0]);
  assert.deepEqual(counts(await run(await exported(person.api), { api: person.api })), [0, 0, 4, 0]);
  assert.deepEqual(await dry('path,name,kind\nnew,New,site\nother/x,X,hall\n', person.api), [
    [2, 'path', 'outside'],
    [3, 'path', 'place-unknown'],
  ]);
  const other = (await all()).find(({ name }) => name === 'Other');
  assert.deepEqual(await dry(`id,path\n${other?.id},hall/o\n`, person.api), [[2, 'id', 'place-unknown']]);
  const viewer = await server.addPerson([{ role: 'viewer' }]);
  await problemOf(send(file, { api: viewer.api }), 403);
  const away = await server.organization('away');
  assert.deepEqual(await dry(`id,path\n${other?.id},hall/o\n`, away.api), [[2, 'id', 'place-unknown']]);
  assert.equal((await exported(away.api)).split('\r\n').length, 2, 'nothing but the header');
});
