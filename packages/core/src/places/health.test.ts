import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Place, PlaceHealth, PlaceWithHealth } from '@muster/contract/places';
import { type Api, bodyOf } from '@muster/testkit/api';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { workshop } from '@muster/testkit/solution';
import { until } from '@muster/testkit/until';
import { yard } from '@muster/testkit/yard';
import { stateOf } from './health.ts';

let server: TestServer;
let site: Place;
let place: Place;
let gate: Place;
before(async () => {
  server = await startTestServer({ solutions: [workshop, yard] });
  site = await make({ name: 'Site', kind: 'site' });
  place = await make({ name: 'Yard', kind: 'yard', parentId: site.id });
  gate = await make({ name: 'Gate', kind: 'gate', parentId: place.id });
});
after(() => server.stop());

const make = (wish: object) => bodyOf(server.api.post<Place>('/places', wish), 201);
const healthIn = async (api: Api = server.api) => {
  const { items } = await bodyOf(api.get<{ items: PlaceWithHealth[] }>('/places', { query: { limit: 500 } }));
  return (wanted: Place) => items.find(({ id }) => id === wanted.id)?.health;
};
const statesIn = async () => {
  const health = await healthIn();
  return [site, place, gate].map((each) => health(each)?.state);
};

test('the word for a place is the worst that there is; maintenance is no fault', () => {
  const none = { total: 0, online: 0, offline: 0, error: 0, maintenance: 0, pending: 0 };
  const table: [Partial<PlaceHealth['devices']>, boolean, string][] = [
    [{}, false, 'empty'],
    [{}, true, 'incomplete'],
    [{ total: 2, online: 2 }, false, 'ok'],
    [{ total: 2, online: 2 }, true, 'incomplete'],
    [{ total: 2, online: 1, pending: 1 }, false, 'waiting'],
    [{ total: 2, online: 1, offline: 1 }, true, 'degraded'],
    [{ total: 2, online: 1, error: 1 }, false, 'degraded'],
    [{ total: 3, offline: 1, error: 1, maintenance: 1 }, false, 'down'],
    [{ total: 2, maintenance: 2 }, false, 'maintenance'],
    [{ total: 2, maintenance: 1, online: 1 }, false, 'ok'],
  ];
  for (const [devices, incomplete, state] of table) assert.equal(stateOf({ ...none, ...devices }, incomplete), state);
});

test('health follows what devices do as they do it, up to the top, with what is missing', async () => {
  assert.deepEqual(await statesIn(), ['incomplete', 'incomplete', 'incomplete']);
  const empty = await healthIn();
  assert.deepEqual(empty(gate)?.missing, [
    { title: 'Managers', titles: { en: 'Managers', pl: 'Zarządzające' }, role: 'manager', least: 1, found: 0 },
  ]);
  assert.deepEqual([empty(place)?.missing, empty(place)?.incompleteBelow, empty(site)?.incompleteBelow], [[], 1, 1]);

  const manager = await server.createDevice({ type: 'yard.camera', deviceId: 'm', placeId: gate.id });
  await bodyOf(server.api.patch('/devices/m', { role: 'manager' }, { version: 1 }), 200);
  const worker = await server.createDevice({ type: 'yard.camera', deviceId: 'w', placeId: gate.id });
  assert.deepEqual(await statesIn(), ['waiting', 'waiting', 'waiting']);
  const [first, second] = [await server.connect(manager), await server.connect(worker)];
  assert.deepEqual(await statesIn(), ['ok', 'ok', 'ok'], 'memory knows it before the table');
  first.drop();
  await until(async () => (await statesIn())[0] === 'degraded', 'one of the two is gone');
  second.drop();
  await until(async () => (await statesIn())[2] === 'down', 'both are gone');
  assert.deepEqual((await healthIn())(site)?.devices, {
    total: 2,
    online: 0,
    offline: 2,
    error: 0,
    maintenance: 0,
    pending: 0,
  });
});

test('a place with fewer devices than it is meant to have is incomplete', async () => {
  const hall = await make({ name: 'Hall', kind: 'hall', capacity: 2 });
  const inner = await make({ name: 'Inner', kind: 'room', parentId: hall.id });
  await server.createDevice({ placeId: inner.id });
  assert.deepEqual(
    (await healthIn())(hall)?.missing.map(({ least, found }) => [least, found]),
    [[2, 1]],
  );
  await server.createDevice({ placeId: hall.id });
  const full = (await healthIn())(hall);
  assert.deepEqual([full?.state, full?.missing], ['waiting', []]);
});

test('who sees a part sees the health of that part; who does not see all devices of a place is told none', async () => {
  const inGate = await server.addPerson([{ role: 'viewer', placeId: gate.id }]);
  const health = await healthIn(inGate.api);
  assert.equal(health(gate)?.devices.total, 2);
  assert.equal(health(site), undefined);
  const role = { name: 'Places only', permissions: ['place:read'] };
  const { id } = await bodyOf(server.api.post<{ id: string }>('/roles', role), 201);
  const placesOnly = await server.addPerson([{ role: id }]);
  assert.equal((await healthIn(placesOnly.api))(gate), null);
  const mixed = await server.addPerson([{ role: id }, { role: 'viewer', placeId: gate.id }]);
  const part = await healthIn(mixed.api);
  assert.deepEqual([part(site), part(gate)?.devices.total], [null, 2]);
});
