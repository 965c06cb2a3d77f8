import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Place, PlaceWithHealth } from '@muster/contract/places';
import { bodyOf, problemOf } from '@muster/testkit/api';
import type { TestOrganization } from '@muster/testkit/organization';
import { startTestServer, type TestServer } from '@muster/testkit/server';

let server: TestServer;
let away: TestOrganization;
before(async () => {
  server = await startTestServer();
  away = await server.organization('away');
});
after(() => server.stop());

const make = (wish: object, api = server.api) => bodyOf(api.post<Place>('/places', { kind: 'site', ...wish }), 201);

async function all(): Promise<Place[]> {
  const items: Place[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await bodyOf(
      server.api.get<{ items: Place[]; nextCursor: string | null }>('/places', {
        query: { limit: 2, ...(cursor === undefined ? {} : { cursor }) },
      }),
    );
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return items;
}

test('a place is made as it was said, its slug from its name', async () => {
  const wish = {
    name: ' Łódź Główna ',
    kind: 'bench-place',
    address: 'Śródmiejska 1',
    timezone: 'Europe/Warsaw',
    labels: ['north'],
    attributes: { floor: 2 },
    capacity: 40,
  };
  const place = await make(wish);
  const { id, ...rest } = place;
  const effective = { timezone: 'Europe/Warsaw', labels: ['north'] };
  assert.deepEqual(rest, { ...wish, name: 'Łódź Główna', parentId: null, slug: 'lodz-glowna', effective, version: 1 });
  const { health, ...read } = await bodyOf(server.api.get<PlaceWithHealth>(`/places/${id}`));
  assert.deepEqual(read, place);
  assert.equal(health?.state, 'incomplete', 'forty devices are to stand there');
});

test('kind, time zone, parent and slug are looked at', async () => {
  const fault = async (wish: object, status = 422) =>
    (await problemOf(server.api.post('/places', { name: 'X', kind: 'site', ...wish }), status)).errors[0]?.path;
  assert.equal(await fault({ kind: 'planet' }), '/kind');
  assert.equal(await fault({ timezone: 'Mars/Olympus' }), '/timezone');
  assert.equal(await fault({ parentId: '0193a5f0-7b1c-7d2e-8f3a-1b2c3d4e5f60' }), '/parentId');
  assert.equal(await fault({ slug: 'Not a slug' }), '/slug');
  assert.equal(await fault({ capacity: -1 }), '/capacity');
  const theirs = await make({ name: 'Theirs' }, away.api);
  assert.equal(await fault({ parentId: theirs.id }), '/parentId');
  await make({ name: 'Once' });
  await fault({ name: 'ONCE!' }, 409);
});

test('the same slug is free below another parent', async () => {
  const [one, other] = [await make({ name: 'One' }), await make({ name: 'Other' })];
  for (const parent of [one, other]) await make({ name: 'Hall', kind: 'hall', parentId: parent.id });
});

test('parents come before their children in the list, whatever the pages', async () => {
  const root = await make({ name: 'Deep' });
  let parentId = root.id;
  for (let depth = 0; depth < 6; depth++)
    parentId = (await make({ name: `Level ${depth}`, kind: 'room', parentId })).id;
  const places = await all();
  const seen = new Set<string>();
  for (const place of places) {
    assert.ok(!seen.has(place.id), 'none twice');
    assert.ok(place.parentId === null || seen.has(place.parentId), place.name);
    seen.add(place.id);
  }
  const [row] = await server.admin<{ count: number }>(
    'select count(*)::int as count from places p join organizations o on o.id = p.organization_id where o.slug = $1',
    [server.slug],
  );
  assert.equal(places.length, row?.count);
});

test('a place moves with all below it, and never into itself', async () => {
  const [a, b] = [await make({ name: 'A' }), await make({ name: 'B' })];
  const child = await make({ name: 'Child', kind: 'hall', parentId: a.id });
  const grandchild = await make({ name: 'Grandchild', kind: 'room', parentId: child.id });
  const moved = await bodyOf(server.api.patch<Place>(`/places/${child.id}`, { parentId: b.id }, { version: 1 }));
  assert.equal(moved.parentId, b.id);
  for (const parentId of [child.id, grandchild.id]) {
    const problem = await problemOf(server.api.patch(`/places/${child.id}`, { parentId }, { version: 2 }), 422);
    assert.equal(problem.errors[0]?.path, '/parentId');
  }
  const free = await bodyOf(
    server.api.patch<Place>(`/places/${child.id}`, { parentId: null, name: 'Free' }, { version: 2 }),
  );
  assert.deepEqual([free.parentId, free.name, free.slug], [null, 'Free', 'child']);
});

test('two places that are moved into each other at once make no circle', async () => {
  for (let round = 0; round < 10; round++) {
    const [a, b] = [await make({ name: `Left ${round}` }), await make({ name: `Right ${round}` })];
    const moves = await Promise.all([
      server.api.patch(`/places/${a.id}`, { parentId: b.id }, { version: 1 }),
      server.api.patch(`/places/${b.id}`, { parentId: a.id }, { version: 1 }),
    ]);
    assert.deepEqual(moves.map(({ status }) => status).sort(), [200, 422]);
  }
});

test('only an empty place is deleted', async () => {
  const site = await make({ name: 'To be emptied' });
  const hall = await make({ name: 'Hall', kind: 'hall', parentId: site.id });
  const device = await server.createDevice({ placeId: hall.id });
  await problemOf(server.api.delete(`/places/${site.id}`), 409);
  await problemOf(server.api.delete(`/places/${hall.id}`), 409);
  await bodyOf(server.api.delete(`/devices/${device.deviceId}`), 204);
  await bodyOf(server.api.delete(`/places/${hall.id}`), 204);
  await bodyOf(server.api.delete(`/places/${site.id}`), 204);
  await problemOf(server.api.get(`/places/${site.id}`), 404);
  const entries = await server.admin(`select 1 from audit_entries where action = 'place.deleted'`);
  assert.equal(entries.length, 2);
});

test('another organization’s place is not there', async () => {
  const place = await make({ name: 'Mine' });
  await problemOf(away.api.get(`/places/${place.id}`), 404);
  await problemOf(away.api.patch(`/places/${place.id}`, { name: 'x' }, { version: 1 }), 404);
  await problemOf(away.api.delete(`/places/${place.id}`), 404);
  const { items } = await bodyOf(away.api.get<{ items: Place[] }>('/places'));
  assert.ok(items.every(({ id }) => id !== place.id));
});
