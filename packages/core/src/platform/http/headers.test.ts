import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { bodyOf } from '@muster/testkit/api';
import type { TestDevice } from '@muster/testkit/organization';
import { startTestServer, type TestServer } from '@muster/testkit/server';

let server: TestServer;
let device: TestDevice;
before(async () => {
  server = await startTestServer();
  const web = join(server.dataDir, 'no-web');
  await mkdir(join(web, 'assets'), { recursive: true });
  await writeFile(join(web, 'index.html'), '<title>Muster</title>');
  await writeFile(join(web, 'assets', 'app-12345678.js'), '0');
  await server.restart();
  device = await server.createDevice();
});
after(() => server.stop());

interface Answer {
  status: number;
  headers: Headers;
  body: string;
}

/** Sends bytes as they are and reads what comes back, until the server ends the connection. */
async function send(bytes: string, { port, hostname } = new URL(server.http)): Promise<Answer> {
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.on('error', () => undefined).write(bytes, 'latin1');
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk) => {
    text += chunk;
  });
  await new Promise((resolve) => socket.once('close', resolve));
  const [head = '', body = ''] = text.split('\r\n\r\n', 2);
  const [first = '', ...lines] = head.split('\r\n');
  const headers = new Headers(lines.map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]));
  return { status: Number(first.split(' ')[1]), headers, body };
}

function isProtected(what: string, { headers }: Pick<Answer, 'headers'>, isApi: boolean): void {
  const read = (name: string) => headers.get(name) ?? `no ${name}`;
  assert.match(read('content-security-policy'), /^default-src 'self'.*frame-ancestors 'none'/, what);
  assert.doesNotMatch(read('content-security-policy'), /unsafe/, what);
  assert.equal(read('x-content-type-options'), 'nosniff', what);
  assert.equal(read('referrer-policy'), 'no-referrer', what);
  assert.equal(read('cross-origin-opener-policy'), 'same-origin', what);
  assert.equal(read('cross-origin-resource-policy'), 'same-origin', what);
  assert.match(read('permissions-policy'), /camera=\(\)/, what);
  assert.match(read('x-request-id'), /^[0-9a-f-]{36}$/, what);
  assert.equal(headers.get('x-powered-by'), null, what);
  assert.equal(headers.get('access-control-allow-origin'), null, what);
  if (isApi) assert.equal(read('cache-control'), 'no-store', what);
}

test('every kind of answer has the headers that keep a browser safe; none below /api is kept', async () => {
  const day = `from=${new Date(Date.now() - 1000).toISOString()}&to=${new Date().toISOString()}`;
  const kinds: [path: string, status: number, init?: RequestInit][] = [
    ['/api/v1/auth/me', 200],
    ['/api/v1/devices?limit=0', 400],
    ['/api/v1/nowhere', 404],
    ['/api/v1/auth/sessions', 404, { method: 'PUT' }],
    ['/api/v1/device/heartbeat', 401, { method: 'POST' }],
    ['/api/v1/audit/export?format=csv', 200],
    [`/api/v1/devices/${device.deviceId}/telemetry/export?format=csv&${day}`, 200],
    ['/api/v1/metrics', 200],
    ['/metrics', 200],
    ['/api/docs', 200],
    ['/api/docs/static/swagger-ui.css', 200],
    ['/api/docs/static/nothing.css', 404],
    ['/api/v1/openapi.json', 200],
    ['/health/live', 200],
    ['/health', 302, { redirect: 'manual' }],
    ['/.well-known/jwks.json', 200],
    ['/', 200],
    ['/fleet', 200, { headers: { accept: 'text/html' } }],
    ['/assets/app-12345678.js', 200],
    ['/assets/nothing.js', 404],
    ['/api/v1/auth/me', 200, { method: 'HEAD' }],
    ['/%ff', 400],
    ['/api/v1/devices/%zz', 400],
  ];
  for (const [path, status, init] of kinds) {
    const response = await server.api.fetch(path, init);
    const what = `${init?.method ?? 'GET'} ${path}`;
    assert.equal(response.status, status, what);
    isProtected(what, response, path.startsWith('/api/'));
    await response.body?.cancel();
  }
});

test('a stream of events has them too', async () => {
  const { ticket } = await bodyOf(server.api.post<{ ticket: string }>('/live/ticket'));
  const over = new AbortController();
  const path = `/api/v1/events?ticket=${ticket}&topics=device:${device.deviceId}`;
  const response = await server.anybody.fetch(path, { signal: over.signal });
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
  isProtected(path, response, true);
  over.abort();
});

test('what is no request at all is answered with them, as a problem', async () => {
  const lines = (...all: string[]) => `${all.join('\r\n')}\r\n\r\n`;
  const upgrade = ['connection: upgrade', 'upgrade: websocket', 'sec-websocket-version: 13'];
  const { ticket } = await bodyOf(server.api.post<{ ticket: string }>('/live/ticket'));
  const kinds: [bytes: string, status: number][] = [
    ['GET / HTTP/9.9\r\n\r\n', 400],
    ['\x16\x03\x01\x02\x00\r\n\r\n', 400],
    [lines('NONSENSE / HTTP/1.1', 'host: x'), 400],
    [lines('GET / HTTP/1.1', 'host: x', 'content-length: x'), 400],
    [lines('GET / HTTP/1.1', 'host: x', `x: ${'y'.repeat(100_000)}`), 431],
    [lines('GET /api/v1/setup HTTP/1.1', 'connection: close'), 400],
    [lines('GET /api/v1/setup HTTP/1.1', 'host: x', 'connection: close', 'expect: nonsense'), 417],
    [lines(`GET /api/v1/live?ticket=${ticket} HTTP/1.1`, 'host: x', ...upgrade, 'sec-websocket-key: short'), 400],
    [
      lines('GET /api/v1/live?ticket=wrong HTTP/1.1', 'host: x', ...upgrade, `sec-websocket-key: ${'A'.repeat(22)}==`),
      401,
    ],
    [lines('OPTIONS * HTTP/1.1', 'host: x', 'connection: close'), 404],
    [lines('PROPFIND /api/v1/devices HTTP/1.1', 'host: x', 'connection: close'), 404],
  ];
  for (const [bytes, status] of kinds) {
    const what = bytes.slice(0, 80);
    const answer = await send(bytes);
    assert.equal(answer.status, status, `${what}: ${answer.body}`);
    isProtected(what, answer, !bytes.startsWith('OPTIONS'));
    assert.equal(answer.headers.get('content-type'), 'application/problem+json', what);
    const problem = JSON.parse(answer.body);
    assert.deepEqual([problem.status, problem.requestId], [status, answer.headers.get('x-request-id')], what);
  }
  const byProxy = await send(lines('GET http://x/api/v1/setup HTTP/1.1', 'host: x', 'connection: close'));
  assert.equal(byProxy.status, 200);
  isProtected('an address with its host', byProxy, true);
  assert.equal((await send(lines('GET /health/live HTTP/1.0'))).status, 200, 'the old protocol has no host');
});
