import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { bodyOf } from '@muster/testkit/api';
import { findPorts } from '@muster/testkit/ports';
import { ledgerOf, storedMessages } from '@muster/testkit/reading';
import { startTestServer, type TestServer } from '@muster/testkit/server';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.stop());

test('a second server on a port that is taken says so, and leaves nothing behind', async () => {
  const port = new URL(server.http).port;
  await assert.rejects(startTestServer({ environment: { MUSTER_HTTP_PORT: port } }), {
    code: 'conflict',
    message: new RegExp(`Port ${port} is taken.*MUSTER_HTTP_PORT`),
  });
  const mqtt = new URL(server.mqtt).port;
  await assert.rejects(startTestServer({ environment: { MUSTER_MQTT_PORT: mqtt } }), {
    code: 'conflict',
    message: new RegExp(`Port ${mqtt} is taken.*MUSTER_MQTT_PORT`),
  });
});

test('on loopback people are told a name, where passkeys work; the address signs in as well', async () => {
  const { hostname, port } = new URL(server.http);
  assert.equal(hostname, 'localhost');
  for (const origin of [server.http, `http://127.0.0.1:${port}`]) {
    const login = { ...server.owner, organization: server.slug };
    const answer = await fetch(`${origin}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin, 'sec-fetch-site': 'same-origin' },
      body: JSON.stringify(login),
    });
    assert.equal(answer.status, 200, origin);
    const [cookie = ''] = answer.headers.getSetCookie().filter((one) => one.startsWith('muster_refresh='));
    assert.doesNotMatch(cookie, /domain=/i, 'the cookie stays with the host that set it');
  }
});

test('a database that can not be reached is said so', async () => {
  const [port = 0] = await findPorts(1);
  const environment = { MUSTER_DATABASE_URL: `postgres://nobody:secret-word@127.0.0.1:${port}/muster` };
  await assert.rejects(startTestServer({ environment }), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'unavailable');
    assert.match(error.message, /MUSTER_DATABASE_URL/);
    assert.ok(!error.message.includes('secret-word'));
    return true;
  });
});

test('a first owner whose password is too weak is refused by the name of its variable', async () => {
  await assert.rejects(startTestServer({ environment: { MUSTER_OWNER_PASSWORD: 'seven' } }), {
    code: 'invalid',
    message: /^MUSTER_OWNER_PASSWORD must have at least 15 characters/,
  });
});

test('what lies in the data directory is for its owner alone', async () => {
  for (const name of ['secret', 'running.json', 'metrics-token']) {
    assert.equal((await stat(join(server.dataDir, name))).mode & 0o777, 0o600, name);
  }
  const running = JSON.parse(await readFile(join(server.dataDir, 'running.json'), 'utf8'));
  assert.equal(running.pid, process.pid);
  assert.equal(running.http, server.http);
  assert.equal(running.mqtt, server.mqtt);
});

test('a stop commits and acknowledges what is in flight, and all of it is there after the next start', async () => {
  const device = await server.createDevice();
  const client = await server.connect(device);
  let acknowledged = 0;
  for (let n = 0; n < 2000; n++) {
    client.telemetry({ values: { n } }).then(
      () => acknowledged++,
      () => undefined,
    );
  }
  await client.telemetry({ values: { n: -1 } });
  const more = Promise.allSettled(Array.from({ length: 500 }, (_, n) => client.telemetry({ values: { n: 2000 + n } })));
  await server.restart();
  const answered = (await more).filter(({ status }) => status === 'fulfilled').length;
  const stored = (await storedMessages(server.api, device.deviceId)).length;
  assert.ok(stored >= acknowledged + 1 + answered, `${stored} stored, ${acknowledged + 1 + answered} acknowledged`);
  const { status } = await bodyOf(server.api.get<{ status: string }>(`/devices/${device.deviceId}`));
  assert.equal(status, 'online', 'that the server goes says nothing of the device');
  assert.equal((await ledgerOf(server.api, device.deviceId)).stored, stored);
});

test('the same secret opens the same tokens after a restart, another one opens nothing', async () => {
  await server.restart();
  assert.equal((await server.api.get('/auth/me')).status, 200);
});
