import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Device } from '@muster/contract/devices';
import type { ImportReport } from '@muster/contract/imports';
import type { Place } from '@muster/contract/places';
import { type Api, bodyOf, problemOf } from '@muster/testkit/api';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { workshop } from '@muster/testkit/solution';
import { yard } from '@muster/testkit/yard';

let server: TestServer;
let gate: Place;
before(async () => {
  server = await startTestServer({ solutions: [workshop, yard] });
  const place = await bodyOf(server.api.post<Place>('/places', { name: 'Yard', kind: 'yard' }), 201);
  gate = await bodyOf(server.api.post<Place>('/places', { name: 'Gate', kind: 'gate', parentId: place.id }), 201);
});
after(() => server.stop());

const send = (text: string, { dryRun = false, api = server.api }: { dryRun?: boolean; api?: Api } = {}) =>
  api.post<ImportReport>('/imports/devices', text, {
    headers: { 'content-type': 'text/csv' },
    query: { dryRun: String(dryRun) },
  });
const run = (text: string, options?: { dryRun?: boolean; api?: Api }) => bodyOf(send(text, options), 200);
const dry = async (text: string, api?: Api) => {
  const { problems } = await run(text, { dryRun: true, ...(api ? { api } : {}) });
  return problems.map(({ row, column, code }) => [row, column, code]);
};
const get = (deviceId: string) => bodyOf(server.api.get<Device>(`/devices/${deviceId}`));
const counts = ({ created, changed, left, problemCount }: ImportReport) => [created, changed, left, problemCount];

test('devices come by a file, change by a file, and come back by their export', async () => {
  const file = `deviceId;name;type;place;role;labels;attributes
c-1;=Camera;yard.camera;yard/gate;manager;a;"{""x"":1}"
c-2;;yard.camera;yard/gate;worker;;
g-1;Gadget;generic;;;;
`;
  assert.deepEqual(counts(await run(file, { dryRun: true })), [3, 0, 0, 0]);
  await problemOf(server.api.get('/devices/c-1'), 404);
  assert.deepEqual(counts(await run(file)), [3, 0, 0, 0]);
  const { name, placeId, role, labels, attributes } = await get('c-1');
  assert.deepEqual([name, placeId, role, labels, attributes], ['=Camera', gate.id, 'manager', ['a'], { x: 1 }]);
  assert.deepEqual((await get('c-2')).name, 'c-2');
  assert.deepEqual(counts(await run(file)), [0, 0, 3, 0]);
  const exported = (await server.api.get('/devices/export')).text;
  assert.match(exported, /c-1,'=Camera,yard\.camera,yard\/gate,manager,/);
  assert.deepEqual(counts(await run(exported)), [0, 0, 3, 0]);
  assert.deepEqual(counts(await run('deviceId,place,labels\nc-2,,b\nc-1,yard,a\n')), [0, 2, 0, 0]);
  const [one, two] = [await get('c-1'), await get('c-2')];
  assert.deepEqual(
    [one.placeId === gate.id, one.version, one.role],
    [false, 2, 'manager'],
    'what it does not say stays',
  );
  assert.deepEqual([two.placeId, two.labels, two.role], [null, ['b'], 'worker']);
  const filtered = (await server.api.get('/devices/export', { query: { type: 'generic' } })).text;
  assert.deepEqual(filtered.trim().split('\r\n').length, 2);
  const audit = await server.admin<{ details: object }>(
    `select details from audit_entries where action = 'devices.imported' order by seq`,
  );
  assert.deepEqual(audit.at(-1)?.details, { rows: 2, created: 0, changed: 2, left: 0 });
});

test('every row’s problem is listed, and nothing is done', async () => {
  await bodyOf(server.api.post('/devices', { deviceId: 'there', type: 'generic' }), 201);
  const file = `deviceId,name,type,place,macAddress,attributes
,No id,generic,,,
a/b,Slash,generic,,,
twice,One,generic,,,
twice,Two,generic,,,
t,No type,,,,
u,Wrong type,robot,,,
there,Other type,yard.camera,,,
p,Nowhere,generic,yard/nowhere,,
m,Mac,generic,,not a mac,
j,Json,generic,,,nope
half,Half
export,Reserved,generic,,,
`;
  assert.deepEqual(await dry(file), [
    [2, 'deviceId', 'missing'],
    [3, 'deviceId', 'wrong-form'],
    [5, 'deviceId', 'row-twice'],
    [6, 'type', 'missing'],
    [7, 'type', 'type-unknown'],
    [8, 'type', 'type-fixed'],
    [9, 'place', 'place-unknown'],
    [10, 'macAddress', 'wrong-form'],
    [11, 'attributes', 'wrong-form'],
    [12, null, 'row-short'],
    [13, 'deviceId', 'taken'],
  ]);
  await problemOf(send(file), 422);
  await problemOf(server.api.get('/devices/twice'), 404);
});

test('a gate holds no more by a file than by hand, and two files at once hold no more than one', async () => {
  const parentId = gate.parentId;
  const wide = await bodyOf(server.api.post<Place>('/places', { name: 'Wide', kind: 'gate', parentId }), 201);
  const rows = (names: string[]) => names.map((name) => `${name},yard.camera,yard/wide,`).join('\n');
  const header = 'deviceId,type,place,role\n';
  assert.deepEqual(await dry(`${header}${rows(['k1', 'k2', 'k3', 'k4', 'k5'])}`), [
    [5, 'place', 'place-full'],
    [6, 'place', 'place-full'],
  ]);
  assert.deepEqual(
    await dry(
      `${header}k1,yard.camera,yard/wide,manager\nk2,yard.camera,yard/wide,manager\nk3,yard.camera,yard/wide,boss`,
    ),
    [
      [3, 'role', 'place-full'],
      [4, 'role', 'role-not-here'],
    ],
  );
  const answers = await Promise.all([
    send(`${header}${rows(['r1', 'r2'])}`),
    send(`${header}${rows(['s1', 's2'])}`),
    ...['t1', 't2'].map((deviceId) => server.api.post('/devices', { deviceId, type: 'yard.camera', placeId: wide.id })),
  ]);
  assert.ok(answers.every(({ status }) => [200, 201, 422].includes(status)));
  const [row] = await server.admin<{ count: number }>(
    'select count(*)::int as count from devices where place_id = $1',
    [wide.id],
  );
  assert.ok((row?.count ?? 0) <= 3 && (row?.count ?? 0) >= 2, String(row?.count));
  const members = (await bodyOf(server.api.get<{ items: Device[] }>('/devices', { query: { placeId: wide.id } })))
    .items;
  const swap = `deviceId,role\n${members.map(({ deviceId }, index) => `${deviceId},${index === 0 ? 'manager' : 'worker'}`).join('\n')}\n`;
  await run(swap);
  const back = `deviceId,role\n${members.map(({ deviceId }, index) => `${deviceId},${index === 1 ? 'manager' : 'worker'}`).join('\n')}\n`;
  assert.equal((await run(back)).changed, 2, 'roles are exchanged within one file');
});

test('whoever may change a part imports into that part only', async () => {
  const hall = await bodyOf(server.api.post<Place>('/places', { name: 'Hall', kind: 'hall' }), 201);
  await bodyOf(server.api.post('/devices', { deviceId: 'unseen', type: 'generic' }), 201);
  const person = await server.addPerson([{ role: 'administrator', placeId: hall.id }]);
  const { api } = person;
  assert.equal((await run('deviceId,type,place\nin-hall,generic,hall\n', { api })).created, 1);
  assert.deepEqual(
    await dry('deviceId,type,place\nx,generic,\nunseen,generic,hall\ny,generic,yard/gate\nin-hall,generic,\n', api),
    [
      [2, 'place', 'outside'],
      [3, 'deviceId', 'taken'],
      [4, 'place', 'place-unknown'],
      [5, 'place', 'outside'],
    ],
  );
  const exported = (await api.get('/devices/export')).text;
  assert.equal(exported.trim().split('\r\n').length, 2);
  const viewer = await server.addPerson([{ role: 'viewer' }]);
  await problemOf(send('deviceId\nx\n', { api: viewer.api }), 403);
});

test('10,000 devices come in one file, and are moved by a second one', async () => {
  const row = (index: number, place: string) => `many-${index},Device ${index},generic,${place},l${index % 7}`;
  const file = (place: string) =>
    `deviceId,name,type,place,labels\n${Array.from({ length: 10_000 }, (_, index) => row(index, place)).join('\n')}\n`;
  assert.deepEqual(counts(await run(file(''))), [10_000, 0, 0, 0]);
  assert.deepEqual(counts(await run(file('hall'))), [0, 10_000, 0, 0]);
  assert.deepEqual(counts(await run(file('hall'))), [0, 0, 10_000, 0]);
  const list = await bodyOf(
    server.api.get<{ total: number }>('/devices', { query: { label: 'l3', search: 'Device 9' } }),
  );
  assert.ok(list.total > 100);
});

test('what a file changes is heard at once by who holds the device in memory', async () => {
  const device = await server.createDevice({ deviceId: 'speaker' });
  await bodyOf(device.api.post('/device/telemetry', { values: { a: 1 } }), 200);
  await run('deviceId,name\nspeaker,Renamed\n');
  assert.equal((await get('speaker')).name, 'Renamed');
  await bodyOf(device.api.post('/device/telemetry', { values: { a: 2 } }), 200);
});
