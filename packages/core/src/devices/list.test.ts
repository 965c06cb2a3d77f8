import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Device, DeviceOrder } from '@muster/contract/devices';
import type { Place } from '@muster/contract/places';
import { bodyOf, problemOf } from '@muster/testkit/api';
import type { DeviceClient } from '@muster/testkit/mqtt';
import { startTestServer, type TestServer } from '@muster/testkit/server';

let server: TestServer;
let site: Place;
let connected: DeviceClient;
before(async () => {
  server = await startTestServer();
  site = await bodyOf(server.api.post<Place>('/places', { name: 'Site', kind: 'site', labels: ['outside'] }), 201);
  const wish = { name: 'Hall', kind: 'hall', parentId: site.id };
  const hall = await bodyOf(server.api.post<Place>('/places', wish), 201);
  for (const [index, more] of [
    { role: 'manager', labels: ['red'], firmwareVersion: '1.2' },
    { role: 'worker', labels: ['red', 'blue'], firmwareVersion: '1.3', placeId: hall.id },
    { labels: ['blue'], firmwareVersion: '1.2' },
    {},
    { placeId: site.id },
  ].entries())
    await bodyOf(server.api.post('/devices', { deviceId: `d${index + 1}`, type: 'generic', ...more }), 201);
  const [late, now] = [await server.createDevice({ deviceId: 'e1' }), await server.createDevice({ deviceId: 'e2' })];
  const gone = await server.connect(late);
  await gone.end();
  connected = await server.connect(now);
});
after(() => server.stop());

const idsOf = async (query: Record<string, string>) => {
  const { items, total } = await bodyOf(
    server.api.get<{ items: Device[]; total: number }>('/devices', { query: { limit: 500, ...query } }),
  );
  assert.equal(total, items.length);
  return items.map(({ deviceId }) => deviceId);
};

test('devices are found by label, also of the places they stand in, by role, by firmware and by all of them', async () => {
  assert.deepEqual(await idsOf({ label: 'red' }), ['d1', 'd2']);
  assert.deepEqual(await idsOf({ label: 'outside' }), ['d2', 'd5']);
  assert.deepEqual(await idsOf({ role: 'worker' }), ['d2']);
  assert.deepEqual(await idsOf({ firmwareVersion: '1.2' }), ['d1', 'd3']);
  assert.deepEqual(await idsOf({ firmwareVersion: '1.2', label: 'blue' }), ['d3']);
  assert.deepEqual(await idsOf({ placeId: site.id, label: 'blue' }), ['d2']);
  assert.deepEqual(await bodyOf(server.api.get('/device-facets')), {
    labels: ['blue', 'red', 'outside'],
    roles: ['manager', 'worker'],
    firmwareVersions: ['1.2', '1.3'],
  });
});

test('they are sorted by name, by what needs somebody, and by how long they are silent, both ways', async () => {
  const order: [DeviceOrder, string[]][] = [
    ['name', ['d1', 'd2', 'd3', 'd4', 'd5', 'e1', 'e2']],
    ['status', ['e1', 'd1', 'd2', 'd3', 'd4', 'd5', 'e2']],
    ['lastSeen', ['d1', 'd2', 'd3', 'd4', 'd5', 'e1', 'e2']],
  ];
  for (const [sort, ids] of order) {
    assert.deepEqual(await idsOf({ sort }), ids, sort);
    assert.deepEqual(await idsOf({ sort: `-${sort}` }), ids.toReversed(), `-${sort}`);
  }
  await problemOf(server.api.get('/devices', { query: { sort: 'colour' } }), 400);
});

test('the state is that of memory, which knows it first', async () => {
  assert.deepEqual(await idsOf({ status: 'online' }), ['e2']);
  assert.deepEqual(await idsOf({ status: 'offline' }), ['e1']);
  await connected.end();
  assert.deepEqual(await idsOf({ status: 'offline' }), ['e1', 'e2']);
});

test('pages of every order hold each device once, also when one between them goes', async () => {
  for (const sort of ['name', '-name', 'status', '-status', 'lastSeen', '-lastSeen'] as const) {
    const seen: string[] = [];
    let cursor: string | undefined;
    for (let page = 0; ; page++) {
      if (page === 1) await bodyOf(server.api.delete(`/devices/${seen.at(-1)}`), 204);
      const query = { limit: 2, sort, ...(cursor ? { cursor } : {}) };
      const answer = await bodyOf(
        server.api.get<{ items: Device[]; nextCursor: string | null }>('/devices', { query }),
      );
      seen.push(...answer.items.map(({ deviceId }) => deviceId));
      if (answer.nextCursor === null) break;
      cursor = answer.nextCursor;
    }
    assert.equal(new Set(seen).size, seen.length, sort);
    assert.equal(seen.length, 7, sort);
    await bodyOf(server.api.post('/devices', { deviceId: seen[1], type: 'generic' }), 201);
  }
});
