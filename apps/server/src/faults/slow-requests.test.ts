import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startServerProcess } from '@muster/testkit/server-process';
import { readMetrics } from '@muster/testkit/server-process-metrics';
import { makeDevices } from '@muster/testkit/server-process-operator';
import { until } from '@muster/testkit/until';
import { openRaw, trickle } from './raw-client.ts';
import { patience } from './sizes.ts';
import { startWitness } from './witness.ts';

const EACH = 100;
const HEAD = 'POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

test('requests that do not end: who sends no head is cut off first, then who sends no body, and the others are served', async () => {
  await using server = await startServerProcess();
  const [guard] = await makeDevices(server, 'generic', 'single', 1);
  assert.ok(guard);
  await using witness = startWitness(server.mqtt, guard);
  const port = Number(new URL(server.http).port);
  const open = () => Promise.all(Array.from({ length: EACH }, () => openRaw(port)));
  const isServed = async () => {
    const answer = await fetch(new URL('/health/ready', server.http));
    assert.equal(answer.status, 200);
    await witness.nextAcknowledgement();
  };

  const bodies = await open();
  for (const client of bodies) {
    await client.write(Buffer.from(`${HEAD}Content-Length: 10000\r\n\r\n`));
    trickle(client, Buffer.alloc(10_000, ' '));
  }
  const silent = await open();
  const heads = await open();
  for (const client of heads) trickle(client, Buffer.from(`${HEAD}${'X-Slow: 1\r\n'.repeat(1000)}`));
  await isServed();

  for (const client of [...silent, ...heads]) client.socket.resume();
  const answers = bodies.map((client) => client.read());
  await until(() => [...silent, ...heads].every(({ isClosed }) => isClosed), 'who sends no head is cut off', patience);
  assert.ok(
    bodies.every(({ isClosed }) => !isClosed),
    'a body may take longer than a head',
  );
  await isServed();
  for (const answer of answers) assert.match((await answer).toString(), /^HTTP\/1\.1 408 /);
  for (const client of bodies) client.socket.resume();
  await until(() => bodies.every(({ isClosed }) => isClosed), 'who sends no body is cut off', patience);
  await isServed();
  assert.ok(
    ((await readMetrics(server)).get('nodejs_active_resources{type="TCPSocketWrap"}') ?? 0) < EACH,
    'none is left',
  );
  await witness.stop();
});
