import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Device } from '@muster/contract/devices';
import type { Place } from '@muster/contract/places';
import type { Overview } from '@muster/contract/system';
import type { Person } from '@muster/contract/users';
import { bodyOf, problemOf } from '@muster/testkit/api';
import { openLive, readEvents } from '@muster/testkit/live';
import type { TestDevice, TestPerson } from '@muster/testkit/organization';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { until } from '@muster/testkit/until';

let server: TestServer;
let site: Place;
let hall: Place;
let other: Place;
let inHall: TestDevice;
let inOther: TestDevice;
let alone: TestDevice;

before(async () => {
  server = await startTestServer();
  site = await makePlace('Site', null);
  hall = await makePlace('Hall', site.id);
  other = await makePlace('Other hall', site.id);
  inHall = await server.createDevice({ deviceId: 'in-hall', placeId: (await makePlace('Corner', hall.id)).id });
  inOther = await server.createDevice({ deviceId: 'in-other', placeId: other.id });
  alone = await server.createDevice({ deviceId: 'alone' });
  for (const device of [inHall, inOther, alone]) {
    await bodyOf(device.api.post('/device/telemetry', { values: { a: 1 } }), 200);
    await bodyOf(device.api.post('/device/events', { type: 'door' }), 200);
    await problemOf(device.api.post('/device/telemetry', { values: {} }), 422);
  }
});
after(() => server.stop());

const makePlace = (name: string, parentId: string | null) =>
  bodyOf(server.api.post<Place>('/places', { name, kind: 'hall', parentId }), 201);
const namesOf = async ({ api }: TestPerson) =>
  (await bodyOf(api.get<{ items: Device[] }>('/devices'), 200)).items.map(({ deviceId }) => deviceId).toSorted();
const placesOf = async ({ api }: TestPerson) =>
  (await bodyOf(api.get<{ items: Place[] }>('/places'), 200)).items.map(({ name }) => name).toSorted();
const assign = async (person: TestPerson, roles: object[]) => {
  const { version } = await bodyOf(server.api.get<Person>(`/users/${person.id}`), 200);
  return bodyOf(server.api.put<Person>(`/users/${person.id}/roles`, { roles }, { version }), 200);
};
const range = { from: '2026-01-01T00:00:00Z', to: '2027-01-01T00:00:00Z' };

/** Everything that can be asked about a device. */
const questions = (deviceId: string): [path: string, query?: Record<string, string>][] => [
  [`/devices/${deviceId}`],
  [`/devices/${deviceId}/latest`],
  [`/devices/${deviceId}/telemetry`, range],
  [`/devices/${deviceId}/telemetry/export`, { ...range, format: 'csv' }],
  [`/devices/${deviceId}/events`],
  [`/devices/${deviceId}/rejected-messages`],
];

test('a role for a place holds in all below it, and outside of it nothing is there', async () => {
  const person = await server.addPerson([{ role: 'operator', placeId: hall.id }]);
  assert.deepEqual(await namesOf(person), ['in-hall']);
  assert.deepEqual(await placesOf(person), ['Corner', 'Hall']);
  for (const [path, query = {}] of questions('in-hall')) await bodyOf(person.api.get(path, { query }), 200);
  for (const foreign of ['in-other', 'alone']) {
    const [there, never] = [questions(foreign), questions('never-was')];
    for (const [index, [path, query = {}]] of there.entries()) {
      const [absent, unknown] = await Promise.all([
        problemOf(person.api.get(path, { query }), 404),
        problemOf(person.api.get(never[index]?.[0] as string, { query }), 404),
      ]);
      assert.equal(absent.detail, unknown.detail, path);
    }
  }
  await problemOf(person.api.get(`/places/${other.id}`), 404);
  const overview = await bodyOf(person.api.get<Overview>('/overview'), 200);
  assert.equal(overview.devices.total, 1);
  assert.deepEqual(
    overview.tiles.map(({ name }) => name),
    ['Hall'],
  );
  await problemOf(person.api.get('/users'), 403);
});

test('for whom a role holds for one device only, it stands somewhere, in a place that is not named', async () => {
  const person = await server.addPerson([
    { role: 'operator', deviceId: 'in-hall' },
    { role: 'operator', deviceId: 'alone' },
  ]);
  const { tiles } = await bodyOf(person.api.get<Overview>('/overview'), 200);
  assert.deepEqual(
    tiles.map(({ placeId, name, isElsewhere, dots }) => [placeId, name, isElsewhere, dots[0]?.deviceId]).toSorted(),
    [
      [null, '', false, 'alone'],
      [null, '', true, 'in-hall'],
    ],
  );
});

test('what is changed stays inside: no device and no place is moved in or out, or made outside', async () => {
  const person = await server.addPerson([{ role: 'administrator', placeId: hall.id }]);
  const mine = await bodyOf(
    person.api.post<Device>('/devices', { deviceId: 'mine', type: 'generic', placeId: hall.id }),
    201,
  );
  await problemOf(person.api.post('/devices', { deviceId: 'x1', type: 'generic', placeId: other.id }), 422);
  await problemOf(person.api.post('/devices', { deviceId: 'x2', type: 'generic' }), 403);
  await problemOf(person.api.patch('/devices/mine', { placeId: other.id }, { version: mine.version }), 422);
  await problemOf(person.api.patch('/devices/mine', { placeId: null }, { version: mine.version }), 403);
  await problemOf(person.api.patch('/devices/in-other', { name: 'x' }, { version: 1 }), 404);
  await problemOf(person.api.delete('/devices/in-other'), 404);
  await problemOf(person.api.post('/devices/in-other/token', {}), 404);
  const shelf = await bodyOf(
    person.api.post<Place>('/places', { name: 'Shelf', kind: 'room', parentId: hall.id }),
    201,
  );
  await problemOf(person.api.post('/places', { name: 'Annex', kind: 'room', parentId: other.id }), 403);
  await problemOf(person.api.post('/places', { name: 'Annex', kind: 'room' }), 403);
  await problemOf(person.api.patch(`/places/${shelf.id}`, { parentId: other.id }, { version: 1 }), 403);
  await problemOf(person.api.patch(`/places/${shelf.id}`, { parentId: null }, { version: 1 }), 403);
  await problemOf(person.api.patch(`/places/${hall.id}`, { parentId: other.id }, { version: 1 }), 403);
  await bodyOf(person.api.patch(`/places/${hall.id}`, { name: 'Hall' }, { version: 1 }), 200);
  await bodyOf(person.api.post('/devices', { deviceId: 'on-shelf', type: 'generic', placeId: shelf.id }), 201);
  for (const id of ['mine', 'on-shelf']) await bodyOf(person.api.delete(`/devices/${id}`), 204);
  await bodyOf(person.api.delete(`/places/${shelf.id}`), 204);
});

test('a role for one device shows that device', async () => {
  const person = await server.addPerson([{ role: 'viewer', deviceId: 'alone' }]);
  assert.deepEqual(await namesOf(person), ['alone']);
  assert.deepEqual(await placesOf(person), []);
  await bodyOf(person.api.get('/devices/alone/latest'), 200);
  await assign(person, [
    { role: 'viewer', deviceId: 'alone' },
    { role: 'viewer', placeId: other.id },
  ]);
  assert.deepEqual(await namesOf(person), ['alone', 'in-other']);
});

test('a role for a place and a device, or for one that is not there, is refused', async () => {
  const person = await server.addPerson([]);
  const away = await server.organization('away');
  const foreign = await bodyOf(away.api.post<Place>('/places', { name: 'Far', kind: 'hall' }), 201);
  const wrong = [
    { role: 'viewer', placeId: hall.id, deviceId: 'alone' },
    { role: 'viewer', placeId: foreign.id },
    { role: 'viewer', deviceId: 'never-was' },
    { role: 'viewers' },
  ];
  for (const role of wrong) {
    await problemOf(server.api.put(`/users/${person.id}/roles`, { roles: [role] }, { version: person.version }), 422);
  }
});

test('an open stream follows what its person may see now, and ends with what he may not', async () => {
  const person = await server.addPerson([{ role: 'viewer', placeId: hall.id }]);
  const client = await openLive(server.http, person.api);
  const topic = 'device:in-hall';
  client.send({ subscribe: [topic, 'device:in-other', 'fleet'] });
  await client.hear(({ topic, error }) => topic === 'device:in-other' && error !== undefined, 'the other is refused');
  const query = { topics: topic };
  const response = await person.api.fetch(`/api/v1/events?${new URLSearchParams(query)}`);
  const stream = readEvents(response);
  await bodyOf(inHall.api.post('/device/telemetry', { values: { a: 2 } }), 200);
  await client.hear(({ data }) => data?.values?.a?.value === 2, 'its own device is heard');
  await until(() => stream.heard.some(({ data }) => data?.values?.a?.value === 2), 'in the stream of events too');
  await assign(person, [{ role: 'viewer', placeId: other.id }]);
  await client.hear((message) => message.topic === topic && message.error !== undefined, 'it ends');
  await until(() => stream.ended, 'the stream of events ends');
  client.send({ subscribe: ['device:in-other'] });
  await until(async () => {
    await bodyOf(inOther.api.post('/device/telemetry', { values: { a: 3 } }), 200);
    return client.heard.some(({ topic, data }) => topic === 'device:in-other' && data?.values?.a?.value === 3);
  }, 'the other one is heard now');
  await bodyOf(inHall.api.post('/device/telemetry', { values: { a: 4 } }), 200);
  assert.ok(!client.heard.some(({ data }) => data?.values?.a?.value === 4), 'and the first one no more');
  const { version } = await bodyOf(server.api.get<Person>(`/users/${person.id}`), 200);
  await bodyOf(server.api.patch(`/users/${person.id}`, { status: 'disabled' }, { version }), 200);
  assert.equal(await client.closed, 4401);
  await problemOf(person.api.get('/devices'), 401);
});
