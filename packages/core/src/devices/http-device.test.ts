import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Answer, bodyOf, createApi, problemOf } from '@muster/testkit/api';
import { startTestServer, type TestServer } from '@muster/testkit/server';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.stop());

const paths = ['/device/telemetry', '/device/events', '/device/heartbeat'];
const unknown = createApi(
  () => server.http,
  () => `md_${'x'.repeat(40)}`,
);

/** Log lines that somebody is to look at. */
const warnings = () => server.log.filter((line) => ['warn', 'error', 'fatal'].includes(JSON.parse(line).level));

test('a call that is refused is answered, and leaves nothing in the log', async () => {
  const device = await server.createDevice();
  const before = warnings().length;
  for (const path of paths) {
    await problemOf(server.anybody.post(path, { values: { a: 1 } }), 401);
    await problemOf(unknown.post(path, { values: { a: 1 } }), 401);
    await problemOf(server.api.post(path, '{'), 401);
  }
  for (const path of paths.slice(0, 2)) {
    await problemOf(device.api.post(path, '{'), 400);
    await problemOf(device.api.post(path, '[1]'), 422);
    await problemOf(device.api.post(path, 'a=1', { headers: { 'content-type': 'text/plain' } }), 415);
    await problemOf(device.api.post(path, JSON.stringify({ values: { a: 'x'.repeat(1024 * 1024) } })), 413);
  }
  assert.deepEqual(warnings().slice(before), []);
});

test('who sends wrong tokens again and again is told to wait; devices behind the same address are not', async () => {
  const device = await server.createDevice();
  const late = await server.createDevice();
  const before = warnings().length;
  await bodyOf(device.api.post('/device/telemetry', { values: { a: 1 } }));
  let answer: Answer | undefined;
  for (let calls = 0; calls < 400 && answer?.status !== 429; calls++)
    answer = await unknown.post(paths[calls % 3] as string, {});
  await problemOf(answer as Answer, 429);
  assert.ok(Number(answer?.headers.get('retry-after')) > 0);
  await problemOf(server.anybody.post('/device/heartbeat'), 429);
  for (let calls = 0; calls < 5; calls++) {
    await bodyOf(device.api.post('/device/telemetry', { values: { a: 1 } }), 200);
    await bodyOf(late.api.post('/device/heartbeat'), 204);
  }
  assert.deepEqual(warnings().slice(before), []);
});
