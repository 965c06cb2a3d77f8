import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Device } from '@muster/contract/devices';
import type { Place, PlaceEffect } from '@muster/contract/places';
import { bodyOf, problemOf } from '@muster/testkit/api';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { workshop } from '@muster/testkit/solution';
import { yard } from '@muster/testkit/yard';

let server: TestServer;
let place: Place;
let made = 0;
before(async () => {
  server = await startTestServer({ solutions: [workshop, yard] });
  place = await make({ name: 'Yard', kind: 'yard' });
});
after(() => server.stop());

const make = (wish: object) => bodyOf(server.api.post<Place>('/places', wish), 201);
const makeGate = () => make({ name: `Gate ${++made}`, kind: 'gate', parentId: place.id });
const camera = (placeId: string | null, role?: string) => ({
  deviceId: `camera-${++made}`,
  type: 'yard.camera',
  placeId,
  ...(role ? { role } : {}),
});
const put = (placeId: string | null, role?: string) =>
  bodyOf(server.api.post<Device>('/devices', camera(placeId, role)), 201);
const codeOf = async (answer: ReturnType<typeof server.api.get>) => {
  const { errors, detail } = await problemOf(answer, 422);
  assert.match(detail, /^[A-Z].*\.$/, 'a sentence');
  return [errors[0]?.path, errors[0]?.code];
};

test('a place stands where its kind may, when it is made, moved or becomes another kind', async () => {
  const gate = { name: 'Gate', kind: 'gate' };
  assert.deepEqual(await codeOf(server.api.post('/places', gate)), ['/kind', 'kind-not-here']);
  const hall = await make({ name: 'Hall', kind: 'hall' });
  const inHall = { ...gate, parentId: hall.id };
  assert.deepEqual(await codeOf(server.api.post('/places', inHall)), ['/kind', 'kind-not-here']);
  const { id } = await makeGate();
  const change = (body: object) => server.api.patch(`/places/${id}`, body, { version: 1 });
  assert.deepEqual(await codeOf(change({ parentId: hall.id })), ['/kind', 'kind-not-here']);
  assert.deepEqual(await codeOf(change({ parentId: null })), ['/kind', 'kind-not-here']);
  assert.deepEqual(await codeOf(change({ kind: 'planet' })), ['/kind', 'kind-unknown']);
  const inner = await make({ name: 'Inner', kind: 'hall', parentId: id });
  const asYard = server.api.patch(`/places/${inner.id}`, { kind: 'yard' }, { version: 1 });
  assert.deepEqual(await codeOf(asYard), ['/kind', 'kind-not-here']);
  const asHall = server.api.patch(`/places/${place.id}`, { kind: 'hall' }, { version: place.version });
  assert.deepEqual(await codeOf(asHall), ['/kind', 'kind-not-here'], 'its gates could not stand in it');
});

test('a gate takes three cameras, one of them the manager, and other devices as they come', async () => {
  const gate = await makeGate();
  const manager = await put(gate.id, 'manager');
  assert.deepEqual(await codeOf(server.api.post('/devices', camera(gate.id, 'manager'))), ['/role', 'place-full']);
  assert.deepEqual(await codeOf(server.api.post('/devices', camera(gate.id, 'boss'))), ['/role', 'role-not-here']);
  const worker = await put(gate.id, 'worker');
  await put(gate.id);
  assert.deepEqual(await codeOf(server.api.post('/devices', camera(gate.id))), ['/placeId', 'place-full']);
  await bodyOf(server.api.post('/devices', { deviceId: 'sensor', type: 'generic', placeId: gate.id }), 201);
  const elsewhere = await put(null);
  const change = (deviceId: string, body: object) => server.api.patch(`/devices/${deviceId}`, body, { version: 1 });
  assert.deepEqual(await codeOf(change(elsewhere.deviceId, { placeId: gate.id })), ['/placeId', 'place-full']);
  assert.deepEqual(await codeOf(change(worker.deviceId, { role: 'manager' })), ['/role', 'place-full']);
  await bodyOf(change(manager.deviceId, { role: 'worker' }), 200);
  await bodyOf(change(worker.deviceId, { role: 'manager' }), 200);
});

test('ten that come at once find room for three', async () => {
  const gate = await makeGate();
  const answers = await Promise.all(Array.from({ length: 10 }, () => server.api.post('/devices', camera(gate.id))));
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [
    201,
    201,
    201,
    ...Array.from({ length: 7 }, () => 422),
  ]);
});

test('a device that comes and a kind that changes at once break no rule together', async () => {
  for (let round = 0; round < 8; round++) {
    const corner = await make({ name: `Corner ${round}`, kind: 'room', parentId: place.id });
    for (let count = 0; count < 3; count++) await put(corner.id);
    const [change, arrival] = await Promise.all([
      server.api.patch(`/places/${corner.id}`, { kind: 'gate' }, { version: 1 }),
      server.api.post('/devices', camera(corner.id)),
    ]);
    assert.deepEqual([change.status, arrival.status].toSorted(), change.status === 200 ? [200, 422] : [201, 422]);
  }
});

test('what breaks a rule already stays to be seen and to be changed, and gets no worse', async () => {
  const gate = await makeGate();
  for (const n of [1, 2, 3, 4, 5])
    await server.admin(
      `insert into devices (organization_id, device_id, name, type, place_id) values ($1, $2, $2, 'yard.camera', $3)`,
      [server.id, `old-${n}`, gate.id],
    );
  await server.admin('update places set parent_id = null where id = $1', [gate.id]);
  await bodyOf(server.api.get(`/places/${gate.id}`), 200);
  await bodyOf(server.api.patch(`/places/${gate.id}`, { name: 'Old gate' }, { version: 1 }), 200);
  await bodyOf(server.api.patch('/devices/old-1', { role: 'worker', name: 'One' }, { version: 1 }), 200);
  await bodyOf(server.api.patch('/devices/old-2', { placeId: null }, { version: 1 }), 200);
  assert.deepEqual(await codeOf(server.api.patch('/devices/old-2', { placeId: gate.id }, { version: 2 })), [
    '/placeId',
    'place-full',
  ]);
});

test('whoever may change one device only breaks no rule of a place that he does not see', async () => {
  const gate = await makeGate();
  await put(gate.id, 'manager');
  const worker = await put(gate.id, 'worker');
  const person = await server.addPerson([{ role: 'administrator', deviceId: worker.deviceId }]);
  const change = person.api.patch(`/devices/${worker.deviceId}`, { role: 'manager' }, { version: 1 });
  assert.deepEqual(await codeOf(change), ['/role', 'place-full']);
});

test('a tree has sixteen levels at most, by making and by moving', async () => {
  const chain = async (name: string, length: number) => {
    const ids: string[] = [];
    for (let level = 0; level < length; level++)
      ids.push((await make({ name: `${name} ${level}`, kind: 'room', parentId: ids.at(-1) ?? null })).id);
    return ids;
  };
  const deep = await chain('Deep', 16);
  const below = { name: 'One more', kind: 'room', parentId: deep.at(-1) };
  assert.deepEqual(await codeOf(server.api.post('/places', below)), ['/parentId', 'place-deep']);
  const short = await chain('Short', 2);
  const moved = server.api.patch(`/places/${short[0]}`, { parentId: deep[14] }, { version: 1 });
  assert.deepEqual(await codeOf(moved), ['/parentId', 'place-deep']);
  await bodyOf(server.api.patch(`/places/${short[0]}`, { parentId: deep[13] }, { version: 1 }), 200);
});

test('time zone and labels hold below, move along, and are the same for who sees a part only', async () => {
  const [east, west] = [
    await make({ name: 'East', kind: 'site', timezone: 'Asia/Tokyo', labels: ['far'] }),
    await make({ name: 'West', kind: 'site', timezone: 'Europe/Lisbon', labels: ['near', 'sea'] }),
  ];
  const hall = await make({ name: 'Hall', kind: 'hall', parentId: east.id, labels: ['loud'] });
  const room = await make({ name: 'Room', kind: 'room', parentId: hall.id });
  assert.deepEqual(room.effective, { timezone: 'Asia/Tokyo', labels: ['far', 'loud'] });
  assert.deepEqual([room.timezone, room.labels], [null, []]);
  const person = await server.addPerson([{ role: 'viewer', placeId: room.id }]);
  const effect = await bodyOf(
    server.api.get<PlaceEffect>(`/places/${hall.id}/effect`, { query: { parentId: west.id } }),
  );
  assert.deepEqual(effect, {
    places: 2,
    devices: 0,
    timezone: { from: 'Asia/Tokyo', to: 'Europe/Lisbon' },
    labels: { gained: ['near', 'sea'], lost: ['far'] },
    faults: [],
  });
  await bodyOf(server.api.patch(`/places/${hall.id}`, { parentId: west.id }, { version: 1 }), 200);
  for (const api of [server.api, person.api]) {
    const { effective } = await bodyOf(api.get<Place>(`/places/${room.id}`));
    assert.deepEqual(effective, { timezone: 'Europe/Lisbon', labels: ['loud', 'near', 'sea'] });
  }
  await bodyOf(server.api.patch(`/places/${west.id}`, { timezone: null, labels: [] }, { version: 1 }), 200);
  const { effective } = await bodyOf(person.api.get<Place>(`/places/${room.id}`));
  assert.deepEqual(effective, { timezone: 'UTC', labels: ['loud'] });
  const warden = await server.addPerson([{ role: 'administrator', placeId: room.id }]);
  await bodyOf(warden.api.patch(`/places/${room.id}`, { labels: ['mine'] }, { version: 1 }), 200);
  const mine = await bodyOf(warden.api.get<Place>(`/places/${room.id}`));
  assert.deepEqual(mine.effective.labels, ['loud', 'mine'], 'what comes from above stays, though he does not see it');
});

test('a tree of before is given what it inherits', async () => {
  const file = join(import.meta.dirname, '../../migrations/0011_places.sql');
  const [fill = ''] = /with recursive[^;]*;/.exec(await readFile(file, 'utf8')) ?? [];
  const old = await make({ name: 'Old', kind: 'site', timezone: 'Asia/Tokyo' });
  const hall = await make({ name: 'Hall', kind: 'hall', parentId: old.id });
  const room = await make({ name: 'Room', kind: 'room', parentId: hall.id });
  const inherited = () => server.admin('select id, inherited_timezone from places order by id');
  const before = await inherited();
  await server.admin('update places set inherited_timezone = null');
  await server.admin(fill);
  assert.deepEqual(await inherited(), before);
  assert.equal((await bodyOf(server.api.get<Place>(`/places/${room.id}`))).effective.timezone, 'Asia/Tokyo');
});

test('what a move or another kind would do is said before, with the devices that stand in its way', async () => {
  const corner = await make({ name: 'Full corner', kind: 'room', parentId: place.id });
  const ids = [];
  for (let count = 0; count < 4; count++) ids.push((await put(corner.id)).deviceId);
  const effect = (query: Record<string, string>) =>
    bodyOf(server.api.get<PlaceEffect>(`/places/${corner.id}/effect`, { query }));
  const { devices, faults } = await effect({ kind: 'gate' });
  assert.equal(devices, 4);
  assert.deepEqual(
    faults.map(({ code, params, deviceIds }) => [code, params?.most, deviceIds]),
    [['place-full', 3, ids.toSorted()]],
  );
  assert.deepEqual(
    (await effect({ kind: 'gate', parentId: 'top' })).faults.map(({ code }) => code),
    ['kind-not-here', 'place-full'],
  );
  assert.deepEqual(
    (await effect({ parentId: corner.id })).faults.map(({ code }) => code),
    ['place-circle'],
  );
  await problemOf(server.api.get(`/places/${corner.id}/effect`, { query: { parentId: 'nowhere' } }), 422);
});

test('the kinds that there are are told with their rules', async () => {
  const { items } = await bodyOf(
    server.api.get<{ items: { id: string; standsIn: unknown; devices: object[] }[] }>('/place-kinds'),
  );
  const gate = items.find(({ id }) => id === 'gate');
  assert.deepEqual(gate?.standsIn, ['yard']);
  assert.deepEqual(gate?.devices[1], {
    title: 'Managers',
    titles: { en: 'Managers', pl: 'Zarządzające' },
    type: 'yard.*',
    role: 'manager',
    most: 1,
    least: 1,
    roles: null,
  });
  assert.equal(items.find(({ id }) => id === 'room')?.standsIn, null);
});
