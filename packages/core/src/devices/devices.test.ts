import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Device } from '@muster/contract/devices';
import type { Place } from '@muster/contract/places';
import type { DeviceTypeView } from '@muster/contract/solution';
import { bodyOf, problemOf } from '@muster/testkit/api';
import type { TestOrganization } from '@muster/testkit/organization';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { until } from '@muster/testkit/until';
import fc from 'fast-check';

let server: TestServer;
let away: TestOrganization;
before(async () => {
  server = await startTestServer();
  away = await server.organization('away');
});
after(() => server.stop());

const audited = (action: string, object: string) =>
  server.admin<{ details: { before?: Device; after?: Device }; actor_name: string; request_id: string }>(
    'select details, actor_name, request_id from audit_entries where action = $1 and object = $2',
    [action, object],
  );

async function all(query: Record<string, string | number> = {}, api = server.api): Promise<Device[]> {
  const items: Device[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await bodyOf(
      api.get<{ items: Device[]; nextCursor: string | null; total: number }>('/devices', {
        query: { limit: 3, ...query, ...(cursor === undefined ? {} : { cursor }) },
      }),
    );
    items.push(...page.items);
    cursor = page.nextCursor;
    if (cursor === null) assert.equal(page.total, items.length);
  }
  return items;
}

test('a device is made as it was said, and the change is in the audit trail', async () => {
  const place = await bodyOf(server.api.post<Place>('/places', { name: 'Hall', kind: 'hall' }), 201);
  const wish = {
    deviceId: 'Bench_1.a-b',
    name: '  Bench one ',
    type: 'workshop.bench',
    placeId: place.id,
    role: 'test',
    serialNumber: 'SN 1',
    firmwareVersion: '1.2',
    ipAddress: '192.0.2.7',
    macAddress: '00:1b:44:11:3a:b7',
    attributes: { line: 3, spare: false, note: '<b>"x"</b>' },
    labels: ['a', 'b'],
  };
  const answer = await server.api.post<Device>('/devices', wish);
  assert.deepEqual(await bodyOf(answer, 201), {
    ...wish,
    name: 'Bench one',
    status: 'pending',
    lastSeenAt: null,
    version: 1,
  });
  assert.equal(answer.headers.get('etag'), '"1"');
  assert.deepEqual(await bodyOf(server.api.get<Device>('/devices/Bench_1.a-b')), answer.body);
  const [entry] = await audited('device.created', 'device:Bench_1.a-b');
  assert.deepEqual(entry?.details.after, answer.body);
  assert.equal(entry?.actor_name, server.owner.username);
  assert.equal(entry?.request_id, answer.headers.get('x-request-id'));
});

test('a device without a name has its id for one', async () => {
  const { name } = await bodyOf(server.api.post<Device>('/devices', { deviceId: 'nameless', type: 'generic' }), 201);
  assert.equal(name, 'nameless');
});

test('an id that means a folder in an address is no id', async () => {
  for (const deviceId of ['.', '..']) {
    const problem = await problemOf(server.api.post('/devices', { deviceId, type: 'generic' }), 422);
    assert.equal(problem.errors[0]?.path, '/deviceId');
  }
  for (const deviceId of ['...', '.a', 'a..']) {
    await bodyOf(server.api.post('/devices', { deviceId, type: 'generic' }), 201);
    await bodyOf(server.api.get(`/devices/${deviceId}`));
  }
});

test('a place that is not there, or is another organization’s, takes no device', async () => {
  const theirs = await bodyOf(away.api.post<Place>('/places', { name: 'Theirs', kind: 'site' }), 201);
  const never = '0193a5f0-7b1c-7d2e-8f3a-1b2c3d4e5f60';
  const details: string[] = [];
  for (const placeId of [theirs.id, never]) {
    const problem = await problemOf(server.api.post('/devices', { deviceId: 'lost', type: 'generic', placeId }), 422);
    assert.equal(problem.errors[0]?.path, '/placeId');
    details.push(problem.detail);
  }
  assert.equal(details[0], details[1]);
  await problemOf(server.api.get('/devices/lost'), 404);
});

test('a change changes what it names, raises the version, and keeps what was before', async () => {
  await server.createDevice({ deviceId: 'changing' });
  const path = '/devices/changing';
  const { body } = await server.api.patch<Device>(path, { name: 'New', labels: ['x'] }, { version: 1 });
  assert.deepEqual([body.name, body.labels, body.version, body.type], ['New', ['x'], 2, 'generic']);
  await bodyOf(server.api.patch(path, { attributes: { a: 1 }, placeId: null }, { version: 2 }));
  const again = await bodyOf(server.api.get<Device>(path));
  assert.deepEqual([again.name, again.labels, again.attributes, again.version], ['New', ['x'], { a: 1 }, 3]);
  const [entry] = await audited('device.updated', 'device:changing');
  assert.deepEqual([entry?.details.before?.name, entry?.details.after?.name], ['changing', 'New']);
  for (const field of ['deviceId', 'type', 'status', 'version', 'number']) {
    await problemOf(server.api.patch(path, { [field]: 'x' }, { version: 3 }), 422);
  }
});

test('another organization can neither see, change, delete nor credential it, and is told that it is not there', async () => {
  await server.createDevice({ deviceId: 'mine' });
  await problemOf(away.api.get('/devices/mine'), 404);
  await problemOf(away.api.patch('/devices/mine', { name: 'x' }, { version: 1 }), 404);
  await problemOf(away.api.delete('/devices/mine'), 404);
  await problemOf(away.api.post('/devices/mine/token', {}), 404);
  assert.ok((await all({}, away.api)).every(({ deviceId }) => deviceId !== 'mine'));
  await bodyOf(away.api.post('/devices', { deviceId: 'mine', type: 'generic', name: 'Theirs' }), 201);
  assert.equal((await bodyOf(server.api.get<Device>('/devices/mine'))).name, 'mine');
});

test('the list is by name, comes in pages that fit, and counts all', async () => {
  const names = ['b', 'a', 'a', 'ä', 'Z', '10', '9', 'c%', 'c_', 'c\\', 'c'];
  for (const [index, name] of names.entries()) {
    await bodyOf(
      server.api.post('/devices', { deviceId: `listed-${index}`, type: 'generic', name, serialNumber: 'Listed' }),
      201,
    );
  }
  const listed = await all({ search: 'LISTED' });
  assert.equal(listed.length, names.length);
  assert.equal(new Set(listed.map(({ deviceId }) => deviceId)).size, names.length);
  const sorted = listed.map(({ name }) => name);
  assert.ok(sorted.indexOf('a') < sorted.indexOf('b') && sorted.indexOf('b') < sorted.indexOf('c'), sorted.join());
  assert.deepEqual(
    sorted,
    (await all({ search: 'listed', limit: 500 })).map(({ name }) => name),
  );
});

test('what is looked for is text, not a pattern', async () => {
  for (const [search, found] of [
    ['c%', 1],
    ['c_', 1],
    ['c\\', 1],
    ['%', 1],
    ['_', 1],
    ["'", 0],
  ] as const) {
    const devices = (await all({ search })).filter(({ deviceId }) => deviceId.startsWith('listed'));
    assert.equal(devices.length, found, search);
  }
});

test('the list is filtered by place and what is below it, by type and by status', async () => {
  const site = await bodyOf(server.api.post<Place>('/places', { name: 'Filtered', kind: 'site' }), 201);
  const hall = await bodyOf(server.api.post<Place>('/places', { name: 'Deep', kind: 'hall', parentId: site.id }), 201);
  const [at, below] = [
    await server.createDevice({ deviceId: 'at', placeId: site.id }),
    await server.createDevice({ deviceId: 'below', placeId: hall.id, type: 'workshop.panel' }),
  ];
  const ids = async (query: Record<string, string>) => (await all(query)).map(({ deviceId }) => deviceId).sort();
  assert.deepEqual(await ids({ placeId: site.id }), ['at', 'below']);
  assert.deepEqual(await ids({ placeId: hall.id }), ['below']);
  assert.deepEqual(await ids({ placeId: site.id, type: 'workshop.panel' }), ['below']);
  assert.deepEqual(await ids({ placeId: site.id, status: 'online' }), []);
  await bodyOf(at.api.post('/device/heartbeat'));
  await until(async () => (await ids({ placeId: site.id, status: 'online' })).join() === 'at', 'the status is stored');
  assert.deepEqual(await ids({ placeId: site.id, status: 'pending' }), ['below']);
  assert.equal(below.type, 'workshop.panel');
});

test('device types are those of the solutions, linux and generic, with all that a screen needs of them', async () => {
  const { items } = await bodyOf(server.api.get<{ items: DeviceTypeView[] }>('/device-types'));
  assert.deepEqual(
    items.map(({ id }) => id),
    ['workshop.bench', 'workshop.panel', 'workshop.rack', 'linux', 'generic'],
  );
  const bench = await bodyOf(server.api.get<DeviceTypeView>('/device-types/workshop.bench'));
  assert.deepEqual(items[0], bench);
  assert.equal(bench.solution, 'workshop');
  assert.deepEqual(bench.titles, { en: 'Bench', pl: 'Stanowisko' });
  assert.deepEqual(bench.metrics.p1, {
    title: 'P1',
    titles: { en: 'P1' },
    kind: 'number',
    unit: 'bar',
    range: [0, 10],
    limits: { low: 2, high: 8 },
    decimals: null,
  });
  assert.equal(items.at(-1)?.open, true);
  await problemOf(server.api.get('/device-types/no.such'), 404);
});

test('a device whose solution is not installed any more is taken as generic, so that nothing is refused', async () => {
  const device = await server.createDevice();
  await server.admin(`update devices set type = 'gone.sensor' where device_id = $1`, [device.deviceId]);
  await server.restart();
  await bodyOf(device.api.post('/device/telemetry', { values: { anything: 1 } }), 200);
  assert.equal((await bodyOf(server.api.get<Device>(`/devices/${device.deviceId}`))).type, 'gone.sensor');
});

test('text is kept exactly as it was typed, whatever it is made of', async () => {
  await server.createDevice({ deviceId: 'texts' });
  const seeds = [
    `O'Brien"; drop table devices; --`,
    '/* */',
    '%s $1 \\',
    '\u202egnp.exe',
    '<script>',
    '\ufeffbom',
    '𝄞',
  ];
  const keep = async (note: string) => {
    const { version } = await bodyOf(server.api.get<Device>('/devices/texts'), 200);
    await bodyOf(server.api.patch('/devices/texts', { attributes: { note } }, { version }), 200);
    assert.deepEqual((await bodyOf(server.api.get<Device>('/devices/texts'), 200)).attributes, { note });
  };
  for (const seed of seeds) await keep(seed);
  // PostgreSQL has no place for NUL, and a lone half of a character is none
  const text = fc.string({ unit: 'binary', maxLength: 200 }).map((raw) => raw.replaceAll('\0', '').toWellFormed());
  await fc.assert(fc.asyncProperty(text, keep), { numRuns: 60 });
  const { version } = await bodyOf(server.api.get<Device>('/devices/texts'), 200);
  for (const note of ['a\0b', '\ud800']) {
    await problemOf(server.api.patch('/devices/texts', { attributes: { note } }, { version }), 400);
  }
});
