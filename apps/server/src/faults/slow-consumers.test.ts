import assert from 'node:assert/strict';
import { test } from 'node:test';
import { API_PREFIX } from '@muster/contract/routes';
import { mergeTruths } from '@muster/testkit/account';
import { checkAccount } from '@muster/testkit/account-check';
import { bodyOf } from '@muster/testkit/api';
import { connectDevice } from '@muster/testkit/mqtt';
import { startServerProcess } from '@muster/testkit/server-process';
import { memoryOf } from '@muster/testkit/server-process-memory';
import { readMetrics } from '@muster/testkit/server-process-metrics';
import { makeDevices, signIn } from '@muster/testkit/server-process-operator';
import { until } from '@muster/testkit/until';
import { startFleet } from './fleet.ts';
import { connectPacket, openRaw } from './raw-client.ts';
import { patience, sizes } from './sizes.ts';
import { openStillEvents, openStillSocket } from './still-watchers.ts';
import { startWitness } from './witness.ts';

const MEGABYTE = 1024 * 1024;
/** Two clients that stand still, with 4 MB waiting for each before they are cut off, and the work of the flood itself. */
const MOST_GROWTH_BYTES = 150 * MEGABYTE;
const EVENT_BYTES = 48 * 1024;
const MOST_EVENTS = 1500;

test('watchers and a device that do not read are cut off, and hold up nobody', async (t) => {
  const { seed, devices, rate } = sizes;
  await using server = await startServerProcess();
  const api = await signIn(server);
  const many = await makeDevices(server, 'industrial.pressure-station', 'station', devices);
  const [guard, loud, deaf] = await makeDevices(server, 'generic', 'single', 3);
  assert.ok(guard && loud && deaf);
  await using fleet = startFleet(server.mqtt, [{ type: 'industrial.pressure-station', devices: many, rate, seed }]);
  await using witness = startWitness(server.mqtt, guard);
  await witness.nextAcknowledgement();

  const topic = `device:${loud.deviceId}`;
  const ticket = async () => (await bodyOf<{ ticket: string }>(api.post('/live/ticket'))).ticket;
  using still = await openStillSocket(server.http, await ticket(), topic);
  using events = await openStillEvents(server.http, await tokenOf(server), topic);
  const heard: number[] = [];
  const healthy = new WebSocket(`${server.http.replace('http', 'ws')}${API_PREFIX}/live?ticket=${await ticket()}`);
  healthy.addEventListener('message', ({ data }) => heard.push((data as string).length));
  healthy.addEventListener('open', () => healthy.send(JSON.stringify({ subscribe: [topic] })));
  const watchers = async () => (await readMetrics(server)).get('muster_live_watchers');
  await until(async () => (await watchers()) === 3, 'three watch the device', patience);

  // a device that publishes, and takes no acknowledgement from its socket
  using silent = await openRaw(server.mqttPort);
  await silent.write(connectPacket(`${deaf.organization}/${deaf.deviceId}`, deaf.token));
  const before = memoryOf(server.pid()).now;
  const device = await connectDevice(server.mqtt, { ...loud, username: `${loud.organization}/${loud.deviceId}` });
  const text = 'x'.repeat(EVENT_BYTES);
  witness.longestGap();
  let sent = 0;
  while (sent < MOST_EVENTS && (await watchers()) !== 1) {
    const acknowledged = witness.acknowledged();
    const many = Array.from({ length: 10 }, () =>
      device.publish(`devices/${loud.deviceId}/events`, { type: 'noise', data: { text } }),
    );
    const messageId = (sent % 65_000) + 1;
    const topic = `devices/${deaf.deviceId}/telemetry`;
    void silent.write({
      cmd: 'publish',
      topic,
      messageId,
      payload: '{"values":{"a":1}}',
      qos: 1,
      dup: false,
      retain: false,
    });
    await Promise.all(many);
    sent += many.length;
    await until(() => witness.acknowledged() > acknowledged, 'devices are acknowledged meanwhile', patience);
    assert.ok(heard.length >= sent - 10, 'the watcher that reads gets what there is');
  }
  assert.equal(await watchers(), 1, `who does not read is cut off within ${sent} events`);
  await Promise.all([still.closed(), events.closed()]);
  const cuts = server.log().match(/a live connection was cut off, for it does not read/g) ?? [];
  assert.equal(cuts.length, 2);
  const growth = memoryOf(server.pid()).now - before;
  assert.ok(growth < MOST_GROWTH_BYTES, `memory grew by ${growth} bytes`);
  await until(() => heard.length >= sent, 'the watcher that reads has heard all', patience);
  const maxUnavailableMs = witness.longestGap();

  healthy.close();
  await device.end();
  silent[Symbol.dispose]();
  await until(async () => (await watchers()) === 0, 'nobody watches', patience);
  await Promise.all([fleet.stop(), witness.stop()]);
  const truth = mergeTruths(...(await fleet.truths()), witness.truth);
  await checkAccount(t, { server, api }, truth, { maxUnavailableMs, seed, events: sent });
});

test('an event stream of many busy devices begins with its head, and one that breaks off leaves nothing', async () => {
  await using server = await startServerProcess();
  const devices = await makeDevices(server, 'generic', 'busy', 60);
  await using fleet = startFleet(server.mqtt, [{ type: 'generic', devices, rate: 20, seed: sizes.seed }]);
  await until(
    async () => ((await readMetrics(server)).get('muster_telemetry_messages_total') ?? 0) > 500,
    'they speak',
    patience,
  );
  const token = await tokenOf(server);
  // the last topic is one that the server must look up, while the others speak
  const quiet = await makeDevices(server, 'generic', 'quiet', 30);
  const nextUrl = () => {
    const topics = [...devices, quiet.pop()].map((device) => `device:${device?.deviceId}`).join(',');
    return `${server.http}${API_PREFIX}/events?topics=${encodeURIComponent(topics)}`;
  };
  for (let attempt = 0; attempt < 10; attempt++) {
    const stop = new AbortController();
    const answer = await fetch(nextUrl(), { headers: { authorization: `Bearer ${token}` }, signal: stop.signal });
    assert.equal(answer.headers.get('content-type'), 'text/event-stream');
    stop.abort();
  }
  for (let attempt = 0; attempt < 20; attempt++) {
    const answer = fetch(nextUrl(), {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(1 + (attempt % 10)),
    });
    await answer.then((response) => response.body?.cancel()).catch(() => undefined);
  }
  await until(async () => (await readMetrics(server)).get('muster_live_watchers') === 0, 'nobody watches', patience);
  await fleet.stop();
});

/** An access token of the owner, for what takes no API of the testkit. */
async function tokenOf(server: { http: string; owner: { username: string; password: string } }): Promise<string> {
  const { username, password } = server.owner;
  const answer = await fetch(`${server.http}${API_PREFIX}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  });
  return ((await answer.json()) as { accessToken: string }).accessToken;
}
