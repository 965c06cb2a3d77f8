import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import type { Device } from '@muster/contract/devices';
import type { Place } from '@muster/contract/places';
import { type Answer, bodyOf, problemOf } from '@muster/testkit/api';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { until } from '@muster/testkit/until';

let server: TestServer;
before(async () => {
  server = await startTestServer({ home: 'outside' });
});
after(() => server.stop());

/** The answer to any request at all, in the shape that `problemOf` looks at. */
async function answerTo(path: string, init: RequestInit = {}, api = server.api): Promise<Answer> {
  const response = await api.fetch(path, init);
  const text = await response.text();
  const body = text.startsWith('{') ? JSON.parse(text) : undefined;
  return { call: `${init.method ?? 'GET'} ${path}`, status: response.status, headers: response.headers, text, body };
}

const json = (body: string, method = 'POST', type = 'application/json'): RequestInit => ({
  method,
  body,
  headers: { 'content-type': type },
});

test('what is not there is a 404 with its path and the request’s id', async () => {
  for (const path of ['/api/v1/nowhere', '/api/v1/devices/never-was', '/assets/nothing.js', '/health/nothing']) {
    const problem = await problemOf(answerTo(path), 404);
    assert.equal(problem.instance, path);
    assert.equal(problem.title, 'Not Found');
  }
  const { instance } = await problemOf(answerTo('/api/v1/devices/never-was/latest?secret=1'), 404);
  assert.equal(instance, '/api/v1/devices/never-was/latest', 'the query, which may hold a ticket, is not repeated');
});

test('a method that an address does not know is refused as a problem', async () => {
  for (const method of ['PUT', 'POST', 'DELETE', 'PATCH']) {
    await problemOf(answerTo('/api/v1/auth/sessions', { method }), 404);
  }
});

test('an address that is no address is a 400', async () => {
  await problemOf(answerTo('/api/v1/devices/%zz'), 400);
  await problemOf(answerTo('/api/v1/devices/%E0%A4%A'), 400);
});

test('an address of the wrong form is a 400 that names its part', async () => {
  const table: [path: string, place: string][] = [
    ['/api/v1/devices?limit=0', '/limit'],
    ['/api/v1/devices?limit=501', '/limit'],
    ['/api/v1/devices?limit=ten', '/limit'],
    ['/api/v1/devices?status=broken', '/status'],
    ['/api/v1/devices?unknown=1', '/unknown'],
    ['/api/v1/devices?cursor=%21', '/cursor'],
    ['/api/v1/devices/has%20space', '/deviceId'],
    ['/api/v1/places/not-an-id', '/id'],
    [`/api/v1/devices/${'x'.repeat(65)}`, '/deviceId'],
  ];
  for (const [path, place] of table) {
    const problem = await problemOf(answerTo(path), 400);
    assert.equal(problem.errors[0]?.path, place, path);
  }
});

test('a body that is no JSON is a 400, one of another type a 415, one that is too large a 413', async () => {
  const path = '/api/v1/devices';
  for (const body of ['{', '{"deviceId":}', 'null x', '']) await problemOf(answerTo(path, json(body)), 400);
  for (const type of ['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
    await problemOf(answerTo(path, json('deviceId=d', 'POST', type)), 415);
  }
  await problemOf(answerTo(path, json(JSON.stringify({ deviceId: 'x'.repeat(70_000) }))), 413);
  const device = await server.createDevice();
  const many = JSON.stringify([{ values: { a: 'x'.repeat(1024 * 1024) } }]);
  await problemOf(answerTo('/api/v1/device/telemetry', json(many), device.api), 413);
  await problemOf(answerTo('/api/v1/device/telemetry', json('a=1', 'POST', 'text/plain'), device.api), 415);
  await problemOf(answerTo('/api/v1/device/telemetry', json('{'), device.api), 400);
});

test('a body that reaches for the prototype is refused', async () => {
  const path = '/api/v1/devices';
  for (const body of ['{"__proto__":{"x":1}}', '{"constructor":{"prototype":{"x":1}}}']) {
    const { status } = await answerTo(path, json(body));
    assert.ok(status === 400 || status === 422, `${body} answered ${status}`);
  }
});

test('a body of the wrong shape is a 422 that names every fault with its place', async () => {
  const faults = async (body: object) => {
    const { errors } = await problemOf(answerTo('/api/v1/devices', json(JSON.stringify(body))), 422);
    return [...new Set(errors.map(({ path }) => path))].sort();
  };
  assert.deepEqual(await faults({}), ['/deviceId', '/type']);
  assert.deepEqual(await faults({ deviceId: 'd', type: 'generic', color: 'red', owner: 'me' }), ['/color', '/owner']);
  assert.deepEqual(await faults({ deviceId: 'a/b', type: '', labels: [1], macAddress: 'x' }), [
    '/deviceId',
    '/labels/0',
    '/macAddress',
    '/type',
  ]);
  assert.deepEqual(await faults({ deviceId: 7, type: ['generic'] }), ['/deviceId', '/type'], 'nothing is coerced');
  assert.deepEqual(await faults({ deviceId: 'd', type: 'generic', attributes: { 'no good': 1 } }), [
    '/attributes/no good',
  ]);
  assert.deepEqual(await faults({ deviceId: 'd', type: 'generic', attributes: { deep: { er: 1 } } }), [
    '/attributes/deep',
  ]);
  assert.deepEqual(await faults({ deviceId: 'd', type: 'generic', organizationId: server.id }), ['/organizationId']);
  assert.deepEqual(await faults({ deviceId: 'd', type: 'no.such' }), ['/type']);
});

test('what is wrong with a field is told to programs too', async () => {
  const body = { deviceId: 'x'.repeat(65), name: 'n'.repeat(10_000), color: 'red', labels: Array(51).fill('l') };
  const { errors } = await problemOf(answerTo('/api/v1/devices', json(JSON.stringify(body))), 422);
  const told = errors.map(({ path, code, params }) => [path, code, params?.most]);
  assert.ok(errors.every(({ code }) => code !== undefined));
  assert.deepEqual(told.filter(([path]) => path === '/type' || path === '/color').sort(), [
    ['/color', 'unknown-field', undefined],
    ['/type', 'missing', undefined],
  ]);
  assert.deepEqual(
    told.find(([path]) => path === '/labels'),
    ['/labels', 'too-many', 50],
  );
  assert.deepEqual(told.find(([path]) => path === '/name')?.slice(0, 2), ['/name', 'too-long']);
});

test('what exists already is a 409, and so is what others stand in', async () => {
  await server.createDevice({ deviceId: 'taken' });
  await problemOf(server.api.post('/devices', { deviceId: 'taken', type: 'generic' }), 409);
  const site = await bodyOf(server.api.post<Place>('/places', { name: 'Full', kind: 'site' }), 201);
  await bodyOf(server.api.post('/places', { name: 'Hall', kind: 'hall', parentId: site.id }), 201);
  await problemOf(server.api.post('/places', { name: 'FULL', kind: 'site' }), 409);
  await problemOf(server.api.delete(`/places/${site.id}`), 409);
});

test('a change names the version that it changes: none is a 400, a stale one a 412', async () => {
  await server.createDevice({ deviceId: 'versioned' });
  const path = '/devices/versioned';
  const { version } = await bodyOf(server.api.get<Device>(path));
  const missing = await problemOf(server.api.patch(path, { name: 'A' }), 400);
  assert.equal(missing.errors[0]?.path, '/headers/if-match');
  for (const header of ['1', 'W/"1"', '*', '"x"', '"1", "2"', '""']) {
    await problemOf(server.api.patch(path, { name: 'A' }, { headers: { 'if-match': header } }), 400);
  }
  const changed = await server.api.patch<Device>(path, { name: 'A' }, { version });
  assert.equal(changed.status, 200);
  assert.equal(changed.body.version, version + 1);
  assert.equal(changed.headers.get('etag'), `"${version + 1}"`);
  assert.equal((await server.api.get(path)).headers.get('etag'), `"${version + 1}"`);
  await problemOf(server.api.patch(path, { name: 'B' }, { version }), 412);
  await problemOf(server.api.patch(path, { name: 'B' }, { version: version + 2 }), 412);
  const both = await Promise.all(['C', 'D'].map((name) => server.api.patch(path, { name }, { version: version + 1 })));
  assert.deepEqual(both.map(({ status }) => status).sort(), [200, 412], 'of two at once one wins');
  await problemOf(server.api.patch('/devices/never-was', { name: 'B' }, { version: 1 }), 404);
});

test('texts with NUL, half characters and other wild ones never break anything', async () => {
  await server.createDevice({ deviceId: 'wild' });
  const wild = ['\0', 'a\0b', '\ud800', 'x\udfff', '\u0001', '\u202e', "'; drop table devices; --", '%', '\\', '🐢'];
  for (const text of wild) {
    const answers = await Promise.all([
      server.api.get('/devices', { query: { search: text } }),
      server.api.get('/devices', { query: { type: text } }),
      server.api.get('/devices/wild/events', { query: { type: text } }),
      server.api.get('/devices/wild/telemetry', {
        query: { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z', metrics: text },
      }),
      server.api.get('/device-types/x', { query: {} }),
      server.api.post('/places', { name: `n${text}`, kind: 'site', address: text }),
      server.api.post('/devices', {
        deviceId: `w-${wild.indexOf(text)}`,
        type: 'generic',
        name: `n${text}`,
        labels: [`l${text}`],
        attributes: { a: text },
      }),
      server.anybody.post('/auth/login', { username: `u${text}`, password: text }),
      server.api.post('/live/ticket', undefined, { headers: { 'idempotency-key': 'k' } }),
    ]);
    for (const { call, status, text: said } of answers) {
      assert.ok(status < 500, `${call} with ${JSON.stringify(text)} answered ${status}: ${said.slice(0, 200)}`);
    }
  }
});

test('cursors that somebody made up are a 400', async () => {
  await server.createDevice({ deviceId: 'paged' });
  const cursors = [['a'], ['a', 'b'], ['\0', '\0'], ['[1', 'x'], ['9999999-01-01', 'x'], ['infinity', 'x']];
  for (const key of cursors) {
    const cursor = Buffer.from(JSON.stringify(key)).toString('base64url');
    for (const path of ['/devices', '/places', '/devices/paged/events', '/devices/paged/rejected-messages']) {
      const { status, text } = await server.api.get(path, { query: { cursor } });
      assert.ok(
        status === 400 || status === 200,
        `${path} ${JSON.stringify(key)} answered ${status}: ${text.slice(0, 200)}`,
      );
    }
  }
});

test('more than 300 requests a minute to what anybody may call are a 429 with its time', async () => {
  let answer = await server.anybody.get('/setup');
  for (let n = 0; n < 400 && answer.status === 200; n++) answer = await server.anybody.get('/setup');
  await problemOf(answer, 429);
  assert.ok(Number(answer.headers.get('retry-after')) > 0);
  assert.equal((await server.api.get('/auth/me')).status, 200, 'signed-in people go on');
});

test('every answer has an id, the headers that keep a browser safe, and is kept by nobody', async () => {
  const ids = new Set<string | null>();
  for (const path of ['/api/v1/auth/me', '/api/v1/nowhere', '/health/live', '/api/v1/openapi.json']) {
    const { headers } = await server.api.fetch(path);
    ids.add(headers.get('x-request-id'));
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'self'.*frame-ancestors 'none'/);
    assert.doesNotMatch(headers.get('content-security-policy') ?? '', /unsafe/);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('referrer-policy'), 'no-referrer');
    if (path.startsWith('/api/')) assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(headers.get('x-powered-by'), null);
    assert.equal(headers.get('access-control-allow-origin'), null);
  }
  assert.equal(ids.size, 4);
});

test('bytes that are no HTTP end the connection and nothing else', async () => {
  const { port, hostname } = new URL(server.http);
  for (const bytes of [
    '\x16\x03\x01\x02\x00',
    'GET / HTTP/9.9\r\n\r\n',
    `GET / HTTP/1.1\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`,
  ]) {
    const socket = connect(Number(port), hostname).on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(bytes, 'latin1');
    socket.resume();
    await new Promise((resolve) => socket.once('close', resolve));
  }
  assert.equal((await server.api.get('/auth/me')).status, 200);
});

test('while the store is away every answer that needs it is a 503 with its time, and all is well when it is back', async () => {
  const device = await server.createDevice();
  await bodyOf(device.api.post('/device/telemetry', { values: { a: 1 } }));
  await server.outside().pause();
  for (const path of ['/devices', '/places', '/overview', `/devices/${device.deviceId}/latest`]) {
    const answer = await server.api.get(path);
    await problemOf(answer, 503);
    assert.ok(Number(answer.headers.get('retry-after')) > 0);
    assert.doesNotMatch(answer.text, /ECONN|ENOENT|postgres|socket/i, 'the cause stays in the log');
  }
  await problemOf(server.anybody.post('/auth/login', server.owner), 503);
  await server.outside().resume();
  await until(async () => (await server.api.get('/devices')).status === 200, 'the store is back');
  await until(async () => (await server.anybody.fetch('/health/ready')).status === 200, 'ready again');
  await until(
    async () => (await device.api.post('/device/telemetry', { values: { a: 2 } })).status === 200,
    'messages are taken again',
  );
});
