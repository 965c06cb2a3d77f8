import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Command, CommandBatch } from '@muster/contract/commands';
import type { Place } from '@muster/contract/places';
import { bodyOf, problemOf } from '@muster/testkit/api';
import { openLive } from '@muster/testkit/live';
import type { DeviceClient } from '@muster/testkit/mqtt';
import type { TestDevice } from '@muster/testkit/organization';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { until } from '@muster/testkit/until';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.stop());

interface Got {
  id: string;
  name: string;
  params: Record<string, unknown>;
  expiresAt: string;
}

/** A device that listens, and what it was sent, in the order in which it came. */
async function listen(device: TestDevice): Promise<{ mqtt: DeviceClient; got: Got[] }> {
  const mqtt = await server.connect(device);
  const got: Got[] = [];
  mqtt.client.on('message', (topic, payload) => {
    got.push({ id: topic.split('/').at(-1) as string, ...JSON.parse(payload.toString()) });
  });
  assert.equal(await mqtt.subscribe(`devices/${device.deviceId}/commands/#`), 1);
  return { mqtt, got };
}

const send = (device: TestDevice, wish: object, api = server.api) =>
  api.post<Command>(`/devices/${device.deviceId}/commands`, wish);
const sent = async (device: TestDevice, wish: object = { name: 'set-pressure', params: { bar: 3 } }) =>
  bodyOf(send(device, wish), 201);
const look = ({ deviceId, id }: { deviceId: string; id: string }, api = server.api) =>
  bodyOf(api.get<Command>(`/devices/${deviceId}/commands/${id}`), 200);
const becomes = (command: Command, state: string) =>
  until(async () => {
    const now = await look(command);
    return now.state === state ? now : undefined;
  }, `it becomes ${state}`);
const answer = (mqtt: DeviceClient, { deviceId, id }: Command, said: object) =>
  mqtt.publish(`devices/${deviceId}/commands/${id}/result`, said);

test('a command goes to the device, and each of its states is what the device said', async () => {
  const device = await server.createDevice({ type: 'workshop.bench' });
  const { mqtt, got } = await listen(device);
  const live = await openLive(server.http, server.api);
  live.send({ subscribe: [`device:${device.deviceId}`] });
  await until(async () => {
    await mqtt.telemetry({ values: { p1: 1 } });
    return live.heard.length > 0;
  }, 'it is watched');
  const command = await sent(device);
  assert.deepEqual([command.state, command.params], ['queued', { bar: 3, ramp: false }]);
  await until(() => got.length === 1, 'it arrives');
  assert.deepEqual(got[0], {
    id: command.id,
    name: 'set-pressure',
    params: { bar: 3, ramp: false },
    expiresAt: command.expiresAt,
  });
  await becomes(command, 'sent');
  await answer(mqtt, command, { state: 'acknowledged' });
  assert.equal((await look(command)).state, 'acknowledged');
  await answer(mqtt, command, { state: 'succeeded', result: { bar: 3.01 } });
  const done = await look(command);
  assert.deepEqual([done.state, done.result, done.error], ['succeeded', { bar: 3.01 }, null]);
  assert.ok(done.sentAt && done.acknowledgedAt && done.finishedAt);
  const states = live.heard.flatMap(({ data }) => (data as { command?: { id: string; state: string } })?.command ?? []);
  await until(
    () => {
      const told = live.heard.flatMap(({ data }) => (data as { command?: { state: string } })?.command?.state ?? []);
      return told.at(-1) === 'succeeded' ? told : undefined;
    },
    `who watches is told: ${JSON.stringify(states)}`,
  );
  const failing = await sent(device);
  await answer(mqtt, failing, { state: 'failed', error: 'the valve is stuck' });
  assert.deepEqual(await look(failing).then(({ state, error }) => [state, error]), ['failed', 'the valve is stuck']);
  const entries = await server.admin<{ action: string }>(
    `select action from audit_entries where action like 'command.%'`,
  );
  assert.deepEqual(
    entries.map(({ action }) => action),
    ['command.sent', 'command.sent'],
  );
  await live.close();
  await mqtt.end();
});

test('what a device is not connected for waits as queued, and comes in order, once it listens', async () => {
  const device = await server.createDevice({ type: 'workshop.bench' });
  const commands = [];
  for (const bar of [1, 2, 3, 4]) commands.push(await sent(device, { name: 'set-pressure', params: { bar } }));
  for (const command of commands) assert.equal((await look(command)).state, 'queued');
  const first = await listen(device);
  await until(() => first.got.length === 4, 'all come');
  assert.deepEqual(
    first.got.map(({ params }) => params.bar),
    [1, 2, 3, 4],
  );
  await answer(first.mqtt, commands[0] as Command, { state: 'acknowledged' });
  await answer(first.mqtt, commands[1] as Command, { state: 'succeeded' });
  await first.mqtt.drop();
  // what it did not take may have been lost on the way
  const second = await listen(device);
  await until(() => second.got.length === 2, 'the others come again');
  assert.deepEqual(
    second.got.map(({ id }) => id),
    [commands[2]?.id, commands[3]?.id],
  );
  await second.mqtt.end();
});

test('said twice, late or out of order, a device’s word changes nothing that it said', async () => {
  const device = await server.createDevice({ type: 'workshop.bench' });
  const { mqtt } = await listen(device);
  const command = await sent(device);
  await answer(mqtt, command, { state: 'succeeded', result: 1 });
  const done = await look(command);
  for (const said of [{ state: 'acknowledged' }, { state: 'failed', error: 'x' }, { state: 'succeeded', result: 2 }]) {
    await answer(mqtt, command, said);
  }
  assert.deepEqual(await look(command), done);
  await mqtt.end();
});

test('a command that was not taken in time is expired, is not sent any more, and when it was done nevertheless that stands', async () => {
  const device = await server.createDevice({ type: 'workshop.bench' });
  const command = await sent(device, { name: 'vent' });
  const expired = await becomes(command, 'expired');
  assert.match(expired.error ?? '', /not take it in time/);
  const { mqtt, got } = await listen(device);
  const next = await sent(device);
  await until(() => got.length > 0, 'the next one comes');
  assert.deepEqual(
    got.map(({ id }) => id),
    [next.id],
  );
  await answer(mqtt, command, { state: 'succeeded' });
  const { state, error } = await look(command);
  assert.deepEqual([state, error], ['succeeded', null]);
  await mqtt.end();
});

test('a command is cancelled until the device has it', async () => {
  const device = await server.createDevice({ type: 'workshop.bench' });
  const cancel = ({ id }: Command) => server.api.post<Command>(`/devices/${device.deviceId}/commands/${id}/cancel`, {});
  const command = await sent(device);
  assert.equal((await bodyOf(cancel(command), 200)).state, 'cancelled');
  await problemOf(cancel(command), 409);
  const { mqtt, got } = await listen(device);
  const taken = await sent(device);
  await until(() => got.length === 1, 'only the other one comes');
  await answer(mqtt, taken, { state: 'acknowledged' });
  await problemOf(cancel(taken), 409);
  await mqtt.end();
});

test('parameters are what the type says, and an unknown command is none', async () => {
  const device = await server.createDevice({ type: 'workshop.bench' });
  const wrong: [wish: object, path: string][] = [
    [{ name: 'explode' }, '/name'],
    [{ name: 'constructor' }, '/name'],
    [{ name: '__proto__' }, '/name'],
    [{ name: 'set-pressure' }, '/params/bar'],
    [{ name: 'set-pressure', params: { bar: '3' } }, '/params/bar'],
    [{ name: 'set-pressure', params: { bar: 11 } }, '/params/bar'],
    [{ name: 'set-pressure', params: { bar: 1, role: 'owner' } }, '/params/role'],
    [{ name: 'vent', timeoutMs: 1 }, '/timeoutMs'],
    [
      { name: 'vent', postcondition: { metric: 'no', operator: '<', value: 1, withinMs: 1000 } },
      '/postcondition/metric',
    ],
    [
      { name: 'vent', postcondition: { metric: 'p1', operator: '<', value: 'x', withinMs: 1000 } },
      '/postcondition/value',
    ],
    [
      { name: 'vent', postcondition: { metric: 'p1', operator: 'in', value: 1, withinMs: 1000 } },
      '/postcondition/operator',
    ],
  ];
  for (const [wish, path] of wrong) {
    const { errors } = await problemOf(send(device, wish), 422);
    assert.equal(errors[0]?.path, path, JSON.stringify([wish, errors]));
  }
  assert.deepEqual(await bodyOf(server.api.get(`/devices/${device.deviceId}/commands`), 200), {
    items: [],
    nextCursor: null,
  });
  const generic = await server.createDevice();
  assert.equal((await sent(generic, { name: 'anything', params: { a: [1] } })).state, 'queued');
});

test('who may not send sends nothing, another organization finds nothing, and a place bounds what is seen', async () => {
  const hall = await bodyOf(server.api.post<Place>('/places', { name: 'Hall of orders', kind: 'hall' }), 201);
  const here = await server.createDevice({ type: 'workshop.bench', placeId: hall.id });
  const there = await server.createDevice({ type: 'workshop.bench' });
  const viewer = await server.addPerson([{ role: 'viewer' }]);
  const operator = await server.addPerson([{ role: 'operator', placeId: hall.id }]);
  const away = await server.organization('orders-away');
  await problemOf(send(here, { name: 'vent' }, viewer.api), 403);
  await problemOf(send(here, { name: 'vent' }, away.api), 404);
  await problemOf(send(there, { name: 'vent' }, operator.api), 404);
  const command = await bodyOf(send(here, { name: 'vent' }, operator.api), 201);
  assert.equal((await look(command, viewer.api)).id, command.id);
  await problemOf(away.api.get(`/devices/${here.deviceId}/commands/${command.id}`), 404);
  const other = await sent(there);
  await problemOf(operator.api.get(`/devices/${there.deviceId}/commands/${other.id}`), 404);
  await problemOf(operator.api.get(`/devices/${here.deviceId}/commands/${other.id}`), 404);
  // a device of another organization says nothing of it
  const foreign = await away.createDevice({ deviceId: here.deviceId });
  const said = { state: 'succeeded' };
  await problemOf(foreign.api.post(`/device/commands/${command.id}/result`, said), 404);
  await problemOf(there.api.post(`/device/commands/${command.id}/result`, said), 404);
});

test('a command that asks for a second person waits for one, who may send it and did not', async () => {
  const device = await server.createDevice({ type: 'workshop.bench' });
  const decide = (command: Command, word: string, api = server.api) =>
    api.post<Command>(
      `/devices/${device.deviceId}/commands/${command.id}/${word}`,
      word === 'reject' ? { reason: 'no' } : {},
    );
  const operator = await server.addPerson([{ role: 'operator' }]);
  await problemOf(send(device, { name: 'calibrate' }, operator.api), 403);
  const { got, mqtt } = await listen(device);
  const command = await sent(device, { name: 'calibrate' });
  assert.equal(command.state, 'awaiting-approval');
  await problemOf(decide(command, 'approve'), 403);
  await problemOf(decide(command, 'approve', operator.api), 403);
  const administrator = await server.addPerson([{ role: 'administrator' }]);
  // he may not calibrate himself
  await problemOf(decide(command, 'approve', administrator.api), 403);
  assert.equal(got.length, 0);
  const second = await server.addPerson([{ role: 'owner' }]);
  const approved = await bodyOf(decide(command, 'approve', second.api), 200);
  assert.deepEqual([approved.state, approved.decidedBy?.id], ['queued', second.id]);
  await until(() => got.length === 1, 'it goes');
  await problemOf(decide(command, 'approve', second.api), 409);
  const other = await sent(device, { name: 'calibrate' });
  const rejected = await bodyOf(decide(other, 'reject', administrator.api), 200);
  assert.deepEqual([rejected.state, rejected.error], ['rejected', 'no']);
  await mqtt.end();
});

test('with a postcondition only what is measured makes it verified', async () => {
  const device = await server.createDevice({ type: 'workshop.bench' });
  const { mqtt } = await listen(device);
  const wish = (withinMs: number) => ({
    name: 'vent',
    timeoutMs: 60_000,
    postcondition: { metric: 'p1', operator: '<', value: 3, withinMs },
  });
  const command = await sent(device, wish(20_000));
  await mqtt.telemetry({ values: { p1: 1 } });
  await answer(mqtt, command, { state: 'succeeded' });
  assert.equal((await look(command)).state, 'succeeded', 'what was measured before proves nothing');
  await mqtt.telemetry({ values: { p1: 5 } });
  await mqtt.telemetry({ ts: Date.now() - 60_000, values: { p1: 1 } });
  await mqtt.telemetry({ values: { p1: 2 }, quality: { p1: 'bad' } });
  assert.equal((await look(command)).state, 'succeeded');
  await mqtt.telemetry({ values: { p1: 2.5 } });
  const verified = await becomes(command, 'verified');
  assert.equal(verified.postcondition?.observed, 2.5);

  const missed = await sent(device, wish(500));
  await answer(mqtt, missed, { state: 'succeeded' });
  await mqtt.telemetry({ values: { p1: 7 } });
  const failed = await becomes(missed, 'failed');
  assert.match(failed.error ?? '', /p1 was 7: not p1 < 3 within 0.5 s/);

  const waiting = await sent(device, wish(20_000));
  await answer(mqtt, waiting, { state: 'succeeded' });
  await server.restart();
  const again = await server.connect(device);
  await until(async () => {
    await again.telemetry({ values: { p1: 2 } });
    return (await look(waiting)).state === 'verified';
  }, 'a restart forgets nothing');
  await again.end();
});

test('over HTTP a device asks for its commands, waits for one, and says what became of it', async () => {
  const device = await server.createDevice({ type: 'workshop.bench' });
  const ask = (waitMs: number) =>
    bodyOf(device.api.get<{ items: Got[] }>('/device/commands', { query: { waitMs: String(waitMs) } }), 200);
  assert.deepEqual(await ask(0), { items: [] });
  const asked = ask(30_000);
  const command = await sent(device);
  const { items } = await asked;
  assert.deepEqual(
    items.map(({ id, params }) => [id, params.bar]),
    [[command.id, 3]],
  );
  assert.equal((await ask(0)).items.length, 1, 'until it is acknowledged it may have been lost');
  await bodyOf(device.api.post(`/device/commands/${command.id}/result`, { state: 'acknowledged' }), 204);
  assert.deepEqual(await ask(0), { items: [] });
  await bodyOf(device.api.post(`/device/commands/${command.id}/result`, { state: 'succeeded', result: [1] }), 204);
  assert.equal((await look(command)).state, 'succeeded');
  await problemOf(device.api.post(`/device/commands/${command.id}/result`, { state: 'done' }), 422);
  await problemOf(server.anybody.get('/device/commands'), 401);
});

test('what is no result is listed under the device and changes nothing', async () => {
  const device = await server.createDevice({ type: 'workshop.bench' });
  const { mqtt } = await listen(device);
  const command = await sent(device);
  const topic = `devices/${device.deviceId}/commands/${command.id}/result`;
  for (const payload of ['', '{', '[]', '{"state":"queued"}', '{"state":"failed","error":"a\\u0000b"}'])
    await mqtt.publish(topic, payload);
  await mqtt.publish(`devices/${device.deviceId}/commands/${command.id}`, '{"state":"succeeded"}');
  await mqtt.publish(
    `devices/${device.deviceId}/commands/0193a5f0-7b1c-7d2e-8f3a-1b2c3d4e5f60/result`,
    '{"state":"succeeded"}',
  );
  await mqtt.publish(`devices/${device.deviceId}/commands/x/result`, '{"state":"succeeded"}');
  const { state } = await look(command);
  assert.ok(['queued', 'sent'].includes(state), state);
  await until(async () => {
    const path = `/devices/${device.deviceId}/rejected-messages`;
    return (await bodyOf(server.api.get<{ items: object[] }>(path), 200)).items.length === 8;
  }, 'all eight are listed');
  await mqtt.end();
});

test('a command to all of a place goes to each device, and is taken back where none has it', async () => {
  const hall = await bodyOf(server.api.post<Place>('/places', { name: 'Hall of many', kind: 'hall' }), 201);
  const devices = await Promise.all(
    Array.from({ length: 5 }, () => server.createDevice({ type: 'workshop.bench', placeId: hall.id })),
  );
  const other = await server.createDevice({ type: 'workshop.panel', placeId: hall.id });
  const { mqtt, got } = await listen(devices[0] as TestDevice);
  const wish = { name: 'set-pressure', params: { bar: 2 }, placeId: hall.id, type: 'workshop.bench' };
  await problemOf(server.api.post('/command-batches', { ...wish, type: undefined }), 422);
  await problemOf(server.api.post('/command-batches', { name: 'vent' }), 422);
  await problemOf(server.api.post('/command-batches', { name: 'vent', deviceIds: ['no-such'] }), 422);
  const batch = await bodyOf(server.api.post<CommandBatch>('/command-batches', wish), 201);
  assert.equal(batch.total, 5);
  await until(() => got.length === 1, 'the one that listens gets it');
  await answer(mqtt, { deviceId: devices[0]?.deviceId, id: got[0]?.id } as Command, { state: 'succeeded' });
  const state = await bodyOf(server.api.get<CommandBatch>(`/command-batches/${batch.id}`), 200);
  assert.deepEqual(state.states, { succeeded: 1, queued: 4 });
  const after = await bodyOf(server.api.post<CommandBatch>(`/command-batches/${batch.id}/cancel`, {}), 200);
  assert.deepEqual(after.states, { succeeded: 1, cancelled: 4 });
  assert.equal((await bodyOf(server.api.get<{ items: [] }>(`/devices/${other.deviceId}/commands`))).items.length, 0);
  await mqtt.end();
});
