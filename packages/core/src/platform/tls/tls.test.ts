import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingHttpHeaders, request as plainRequest } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connect as connectTls, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { bodyOf } from '@muster/testkit/api';
import { findPorts } from '@muster/testkit/ports';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { until } from '@muster/testkit/until';
import { WebSocket } from 'ws';
import { createHttpApp } from '../http/app.ts';
import { createLog } from '../log.ts';
import { type Authority, openAuthority, writePair } from './authority.ts';

let directory: string;
let authority: Authority;
let server: TestServer;
let redirectPort: number;
const files = () => ({ cert: join(directory, 'own.pem'), key: join(directory, 'own-key.pem') });

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'muster-tls-'));
  authority = await openAuthority(directory);
  await writePair(files(), await authority.issue(['localhost', '127.0.0.1']));
  setDefaultCACertificates([...getCACertificates(), authority.cert]);
  [redirectPort] = (await findPorts(1)) as [number];
  server = await startTestServer({
    environment: {
      MUSTER_TLS_CERT: files().cert,
      MUSTER_TLS_KEY: files().key,
      MUSTER_MQTTS_PORT: '0',
      MUSTER_REDIRECT_PORT: String(redirectPort),
    },
  });
});
after(async () => {
  await server?.stop();
  await rm(directory, { recursive: true });
});

const port = () => Number(new URL(server.http).port);

interface Answer {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}

function askPlain(path: string, { method = 'GET', host = `localhost:${port()}`, to = port() } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = plainRequest({ host: '127.0.0.1', port: to, path, method, headers: { host } }, async (answer) => {
      let body = '';
      for await (const chunk of answer) body += chunk;
      resolve({ status: answer.statusCode, headers: answer.headers, body });
    });
    request.once('error', reject).end();
  });
}

test('people, live data and devices come with TLS', async () => {
  assert.match(server.http, /^https:/);
  assert.match(server.mqtt, /^mqtts:/);
  const device = await server.createDevice({ deviceId: 'secure' });
  const { ticket } = await bodyOf<{ ticket: string }>(server.api.post('/live/ticket'));
  const socket = new WebSocket(`${server.http.replace('https:', 'wss:')}/api/v1/live?ticket=${ticket}`);
  await once(socket, 'open');
  socket.send(JSON.stringify({ subscribe: [`device:${device.deviceId}`] }));
  const heard = once(socket, 'message');
  const connection = await server.connect(device);
  await connection.telemetry({ values: { pressure: 4.2 } });
  await heard;
  const { values } = await bodyOf<{ values: Record<string, { value: number }> }>(
    server.api.get(`/devices/${device.deviceId}/latest`),
  );
  assert.equal(values.pressure?.value, 4.2);
  await connection.end();
  socket.terminate();
});

test('a browser is told to keep to HTTPS, but not on localhost', async () => {
  const told = async (host: string) =>
    (await fetch(`https://${host}:${port()}/health/live`)).headers.get('strict-transport-security');
  assert.equal(await told('127.0.0.1'), 'max-age=31536000');
  assert.equal(await told('localhost'), null);
});

test('who asks for plain HTTP is sent on, to names of this server only', async () => {
  for (const to of [port(), redirectPort]) {
    const { status, headers } = await askPlain('/fleet?type=a%20b', { to });
    assert.equal(status, 308);
    assert.equal(headers.location, `https://localhost:${port()}/fleet?type=a%20b`);
    assert.equal(headers.connection, 'close');
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.match(String(headers['content-security-policy']), /frame-ancestors 'none'/);
  }
  for (const host of ['evil.example.org', 'localhost.evil.example.org', 'user@localhost', '', 'localhost/..', '[::1']) {
    const { status, headers } = await askPlain('//evil.example.org/x', { host });
    if (status === 400) continue;
    const { host: target } = new URL(headers.location as string);
    assert.ok([`127.0.0.1:${port()}`, `localhost:${port()}`].includes(target), `${host} leads to ${target}`);
  }
});

test('what was sent in the clear is not carried out, and not sent on in silence', async () => {
  const { status, headers, body } = await askPlain('/api/v1/auth/login', { method: 'POST' });
  assert.equal(status, 403);
  assert.equal(headers.location, undefined);
  assert.match(body, /HTTPS only/);
  assert.equal(headers['content-type'], 'application/problem+json');
  assert.equal(headers['x-content-type-options'], 'nosniff');
  const nonsense = connectTcp(redirectPort, '127.0.0.1').setEncoding('latin1');
  nonsense.write('GET / HTTP/9.9\r\n\r\n');
  const [answer] = await once(nonsense, 'data');
  assert.match(answer, /^HTTP\/1\.1 400 .*x-content-type-options: nosniff/s);
  nonsense.destroy();
});

test('who is slow with his header is cut off with TLS as he is without', async () => {
  const certificate = await authority.issue(['localhost']);
  for (const more of [{}, { certificate }]) {
    const app = await createHttpApp(createLog('silent'), '0', { trustedProxies: [], isSecure: true, ...more });
    assert.equal(app.server.headersTimeout, 10_000);
    await app.close();
  }
});

test('an old TLS, a certificate that is not trusted and half a word end the connection and nothing else', async () => {
  const refused = (options: object) =>
    new Promise<string>((resolve) => {
      const socket = connectTls({ host: '127.0.0.1', port: port(), ...options }, () => {
        socket.destroy();
        resolve('connected');
      });
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    });
  assert.equal(await refused({}), 'connected');
  assert.notEqual(
    await refused({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
    'connected',
  );
  assert.match(await refused({ ca: [] }), /SELF_SIGNED|UNABLE_TO|ISSUER/);
  for (const start of [
    Buffer.from([0x16]),
    Buffer.from([0x16, 3, 1, 0xff, 0xff, 0]),
    Buffer.from('GET'),
    Buffer.alloc(3),
  ]) {
    for (const at of [port(), Number(new URL(server.mqtt).port)]) {
      const socket = connectTcp({ host: '127.0.0.1', port: at });
      socket.on('error', () => undefined).resume();
      await once(socket, 'connect');
      socket.end(start);
      await once(socket, 'close');
    }
  }
  assert.equal((await fetch(`${server.http}/health/ready`)).status, 200);
});

test('a new certificate is shown to new connections, and old ones live on', async () => {
  const device = await server.createDevice({ deviceId: 'through-it' });
  const connection = await server.connect(device);
  const serialOf = (at: number) =>
    new Promise<string>((resolve, reject) => {
      const socket = connectTls({ host: '127.0.0.1', port: at }, () => {
        resolve(socket.getPeerCertificate().serialNumber);
        socket.destroy();
      });
      socket.once('error', reject);
    });
  const ports = [port(), Number(new URL(server.mqtt).port)];
  const before = await Promise.all(ports.map(serialOf));
  await writePair(files(), await authority.issue(['localhost', '127.0.0.1']));
  await server.muster.certificate?.look();
  const serials = await Promise.all(ports.map(serialOf));
  assert.equal(serials[0], serials[1]);
  assert.notEqual(serials[0], before[0]);
  await connection.telemetry({ values: { pressure: 1 } });
  await connection.end();
});

test('beyond loopback plain MQTT stays on this machine, unless it is allowed', async () => {
  for (const [environment, open] of [
    [{}, false],
    [{ MUSTER_MQTT_PLAIN: 'allow' }, true],
  ] as const) {
    const [mqtt] = (await findPorts(1)) as [number];
    const wide = await startTestServer({
      owner: false,
      environment: { MUSTER_HOST: '0.0.0.0', MUSTER_MQTTS_PORT: '0', MUSTER_MQTT_PORT: String(mqtt), ...environment },
    });
    try {
      assert.match(wide.http, /^https:/);
      const answers = (host: string) =>
        new Promise<boolean>((resolve) => {
          const socket = connectTcp({ host, port: mqtt }, () => {
            socket.destroy();
            resolve(true);
          });
          socket.once('error', () => resolve(false));
        });
      assert.equal(await answers('127.0.0.1'), true);
      // every address of 127.0.0.0/8 is this machine's, and only what listens everywhere hears the others
      assert.equal(await answers('127.0.0.2'), open);
    } finally {
      await wide.stop();
    }
  }
});

test('somebody who connects and stays silent is let go', { timeout: 60_000 }, async () => {
  const socket = connectTcp({ host: '127.0.0.1', port: port() });
  socket.on('error', () => undefined);
  socket.resume();
  await until(() => socket.closed, 'the connection ended', { deadline: 40_000 });
});
