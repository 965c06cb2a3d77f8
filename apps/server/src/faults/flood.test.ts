import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergeTruths } from '@muster/testkit/account';
import { checkAccount } from '@muster/testkit/account-check';
import { connectDevice } from '@muster/testkit/mqtt';
import { startServerProcess } from '@muster/testkit/server-process';
import { readMetrics } from '@muster/testkit/server-process-metrics';
import { makeDevices, signIn } from '@muster/testkit/server-process-operator';
import { until } from '@muster/testkit/until';
import { generate } from 'mqtt-packet';
import { startCrowd } from './crowd.ts';
import { startFleet } from './fleet.ts';
import { connectPacket, openRaw, trickle } from './raw-client.ts';
import { patience, sizes } from './sizes.ts';
import { startWitness } from './witness.ts';

const HALF_OPEN = 200;
const SLOW = 20;
const WRONG_TOKENS = 150;
const MOST_MEMORY_BYTES = 700 * 1024 * 1024;

test('a flood of connections: the page and other devices are served, everybody comes in, and again after a kill', async (t) => {
  const { seed, devices, rate, connects } = sizes;
  await using server = await startServerProcess();
  const api = await signIn(server);
  const many = await makeDevices(server, 'industrial.pressure-station', 'station', devices);
  const masses = await makeDevices(server, 'generic', 'mass', connects);
  const [guard, wrong, right] = await makeDevices(server, 'generic', 'single', 3);
  assert.ok(guard && wrong && right);
  await using fleet = startFleet(server.mqtt, [{ type: 'industrial.pressure-station', devices: many, rate, seed }]);
  await using witness = startWitness(server.mqtt, guard);
  await witness.nextAcknowledgement();

  /** The page opens and an acknowledgement comes, whatever else goes on. @returns ms that the page took */
  const isServed = async (): Promise<number> => {
    const begun = performance.now();
    const page = await fetch(server.http, {
      headers: { accept: 'text/html' },
      signal: AbortSignal.timeout(patience.deadline),
    });
    await page.arrayBuffer();
    assert.ok(page.status === 200 || page.status === 404, `the page answered ${page.status}`);
    const took = performance.now() - begun;
    await witness.nextAcknowledgement();
    return took;
  };

  const mute = await Promise.all(Array.from({ length: HALF_OPEN }, () => openRaw(server.mqttPort)));
  const slow = await Promise.all(Array.from({ length: SLOW }, () => openRaw(server.mqttPort)));
  for (const client of slow) trickle(client, generate(connectPacket('acme/slow', 'x'.repeat(1000))));
  const httpPort = Number(new URL(server.http).port);
  const posts = await Promise.all(Array.from({ length: SLOW }, () => openRaw(httpPort)));
  const head = `POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n${'X-Slow: 1\r\n'.repeat(1000)}`;
  for (const client of posts) trickle(client, Buffer.from(head));

  using crowd = startCrowd(server.mqttPort, masses);
  let slowestPageMs = await isServed();
  await until(() => crowd.connected() === connects, 'all are connected', patience);
  slowestPageMs = Math.max(slowestPageMs, await isServed());

  const guesses = Array.from({ length: WRONG_TOKENS }, () =>
    assert.rejects(
      connectDevice(server.mqtt, { ...wrong, username: `${wrong.organization}/${wrong.deviceId}`, token: 'md_wrong' }),
    ),
  );
  await Promise.all(guesses);
  const neighbour = await connectDevice(server.mqtt, { ...right, username: `${right.organization}/${right.deviceId}` });
  await neighbour.telemetry({ values: { temperature: 1 } });
  await neighbour.end();

  const strangers = [...mute, ...slow];
  await until(() => strangers.every(({ isClosed }) => isClosed), 'who sends no CONNECT is closed', patience);
  slowestPageMs = Math.max(slowestPageMs, await isServed());
  // the crowd, the fleet and the witness
  const connections = async () => (await readMetrics(server)).get('muster_mqtt_connections');
  await until(
    async () => (await connections()) === connects + devices + 1,
    'only those that signed in are left',
    patience,
  );
  for (const client of posts) client[Symbol.dispose]();
  const floodGapMs = witness.longestGap();

  await server.kill();
  await server.start();
  const restarted = performance.now();
  slowestPageMs = Math.max(slowestPageMs, await isServed());
  await until(() => crowd.connected() === connects, 'all are connected again', patience);
  const allBackMs = Math.round(performance.now() - restarted);
  await witness.nextAcknowledgement();
  const maxUnavailableMs = witness.longestGap();
  crowd[Symbol.dispose]();
  await Promise.all([fleet.stop(), witness.stop()]);
  const truth = mergeTruths(...(await fleet.truths()), witness.truth);
  await checkAccount(t, { server, api }, truth, {
    maxUnavailableMs,
    seed,
    connects,
    'all back after ms': allBackMs,
    'longest gap in the flood ms': Math.round(floodGapMs),
    'slowest page ms': Math.round(slowestPageMs),
  });
  assert.ok(server.peakMemory() < MOST_MEMORY_BYTES, `${server.peakMemory()} bytes`);
});
