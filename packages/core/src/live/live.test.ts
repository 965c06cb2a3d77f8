import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { deviceTopics } from '@muster/contract/mqtt';
import type { Place } from '@muster/contract/places';
import { bodyOf, problemOf } from '@muster/testkit/api';
import { type Heard, type LiveClient, openLive, openLiveWith, readEvents } from '@muster/testkit/live';
import type { TestDevice } from '@muster/testkit/organization';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { staysOpen, until } from '@muster/testkit/until';
import { WebSocket } from 'ws';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.stop());

const open = () => openLive(server.http, server.api);
const ticket = async () => (await bodyOf(server.api.post<{ ticket: string }>('/live/ticket'), 201)).ticket;
const send = (device: TestDevice, message: unknown) => bodyOf(device.api.post('/device/telemetry', message), 200);

let strangers = 0;

/**
 * Subscribes, and waits until the server follows. It confirms nothing, but looks up a device that it does not know after
 * those that it knows: when that one is refused, the others are followed.
 */
async function follow(client: LiveClient, ...topics: string[]): Promise<void> {
  for (const topic of topics) {
    const deviceId = /^(?:device|metric):([^/]+)/.exec(topic)?.[1];
    if (deviceId) await bodyOf(server.api.get(`/devices/${deviceId}/latest`));
  }
  const stranger = `device:stranger-${++strangers}`;
  client.send({ subscribe: [...topics, stranger] });
  await client.hear(({ topic, error }) => topic === stranger && error !== undefined, 'the stranger is refused');
}

const valuesOn = (client: { heard: readonly Heard[] }, topic: string) =>
  client.heard
    .filter((message) => message.topic === topic && message.data?.values)
    .map(({ data }) =>
      Object.fromEntries(Object.entries(data?.values ?? {}).map(([name, { value }]) => [name, value])),
    );

test('a ticket opens one connection, and a used, foreign or missing one none', async () => {
  const once = await ticket();
  const client = await openLiveWith(server.http, once);
  await assert.rejects(openLiveWith(server.http, once));
  await assert.rejects(openLiveWith(server.http, ''));
  await assert.rejects(openLiveWith(server.http, 'x'.repeat(32)));
  await client.close();
  for (const path of ['/live', '/live?ticket=', `/live?ticket=${once}`]) {
    await problemOf(server.anybody.get(path), 401);
  }
});

test('a page of another site opens nothing, and this site’s own page does', async () => {
  const foreign = ['https://evil.example', 'http://127.0.0.1:1', 'null', 'http://localhost'];
  for (const origin of foreign) await assert.rejects(openLiveWith(server.http, await ticket(), { origin }), origin);
  const problem = await server.anybody.get('/live', {
    query: { ticket: await ticket() },
    headers: { origin: 'https://evil.example' },
  });
  await problemOf(problem, 403);
  await (await openLiveWith(server.http, await ticket(), { origin: server.http })).close();
});

test('a ticket of a session that has ended opens nothing', async () => {
  const person = await server.signIn();
  const { ticket } = await bodyOf(person.api.post<{ ticket: string }>('/live/ticket'), 201);
  await bodyOf(server.anybody.post('/auth/logout', undefined, { headers: { cookie: person.cookie } }), 204);
  await assert.rejects(openLiveWith(server.http, ticket));
});

test('a device’s values, events and status arrive as they are stored', async () => {
  const device = await server.createDevice({ type: 'workshop.bench' });
  const client = await open();
  const topic = `device:${device.deviceId}`;
  await follow(client, topic);
  const before = Date.now();
  await send(device, { ts: before - 500, values: { p1: 5, p2: 99 } });
  const { ts = 0, data } = await client.hear((message) => message.data?.values !== undefined, 'the values');
  assert.deepEqual(data?.values, {
    p1: { value: 5, ts: before - 500, status: 'good' },
    p2: { value: 99, ts: before - 500, status: 'bad' },
  });
  assert.equal(data?.deviceId, device.deviceId);
  assert.ok(ts >= before && ts <= Date.now());
  assert.ok((data?.receivedAt ?? 0) >= before && (data?.receivedAt ?? 0) <= ts);
  await bodyOf(device.api.post('/device/events', { type: 'door_opened', data: { by: 'anna' }, ts: before }));
  const event = await client.hear((message) => message.data?.event?.type === 'door_opened', 'the event');
  assert.deepEqual(event.data?.event, { type: 'door_opened', ts: before, data: { by: 'anna' } });
  const mqtt = await server.connect(device);
  await mqtt.publish(deviceTopics.status(device.deviceId), 'offline');
  const status = await client.hear((message) => message.data?.status === 'offline', 'the status');
  assert.equal(status.topic, topic);
  await mqtt.end();
  await client.close();
});

test('a metric topic brings its metric only, texts and names with slashes too', async () => {
  const device = await server.createDevice();
  const client = await open();
  const [a, slash] = [`metric:${device.deviceId}/a`, `metric:${device.deviceId}/b/c`];
  await follow(client, a, slash);
  await send(device, [{ values: { a: 1, 'b/c': 'text' } }, { values: { other: 2 } }, { values: { a: 3 } }]);
  await until(() => valuesOn(client, a).length === 2 && valuesOn(client, slash).length === 1, 'both metrics');
  assert.deepEqual(valuesOn(client, a), [{ a: 1 }, { a: 3 }]);
  assert.deepEqual(valuesOn(client, slash), [{ 'b/c': 'text' }]);
  assert.ok(client.heard.every(({ data }) => !data?.values?.other));
  await client.close();
});

test('a place brings the newest values of all devices at and below it', async () => {
  const make = async (name: string, parentId: string | null) =>
    (await bodyOf(server.api.post<Place>('/places', { name, kind: 'site', parentId }), 201)).id;
  const site = await make('Site', null);
  const hall = await make('Hall', site);
  const elsewhere = await make('Elsewhere', null);
  const inHall = await server.createDevice({ placeId: hall });
  const atSite = await server.createDevice({ placeId: site });
  const outside = await server.createDevice({ placeId: elsewhere });
  const client = await open();
  client.send({ subscribe: [`place:${site}`] });
  const topic = `place:${site}`;
  await until(async () => {
    await send(inHall, { values: { ready: true } });
    return valuesOn(client, topic).length > 0;
  }, 'the place is followed');
  const many = Array.from({ length: 200 }, (_, n) => ({ values: { n } }));
  await Promise.all([inHall, atSite, outside].map((device) => send(device, many)));
  const lastOf = (device: TestDevice) =>
    client.heard.findLast(({ data }) => data?.deviceId === device.deviceId && data.values?.n)?.data?.values?.n?.value;
  await until(() => lastOf(inHall) === 199 && lastOf(atSite) === 199, 'the newest of both');
  assert.equal(lastOf(outside), undefined);
  const texts = client.heard.filter((message) => message.topic === topic).length;
  assert.ok(texts < 100, `${texts} messages for 400 values: they are collected`);
  await client.close();
});

test('a device that comes to a watched place is heard there from then on, and one that leaves no more', async () => {
  const { id } = await bodyOf(server.api.post<Place>('/places', { name: 'Crossing', kind: 'hall' }), 201);
  const device = await server.createDevice({ deviceId: 'wanderer' });
  const client = await open();
  await follow(client, `place:${id}`);
  const move = async (placeId: string | null) => {
    const { version } = await bodyOf(server.api.get<{ version: number }>('/devices/wanderer'));
    await bodyOf(server.api.patch('/devices/wanderer', { placeId }, { version }), 200);
  };
  await move(id);
  let value = 0;
  await until(async () => {
    await send(device, { values: { a: ++value } });
    return valuesOn(client, `place:${id}`).length > 0;
  }, 'it is heard');
  await move(null);
  await until(async () => {
    const before = client.heard.length;
    await send(device, { values: { a: ++value } });
    await staysOpen(client.closed, 300);
    return client.heard.length === before;
  }, 'it is not heard any more');
  await client.close();
});

test('the fleet topic brings status changes of all devices, and the figures once a second', async () => {
  const device = await server.createDevice();
  const client = await open();
  await follow(client, 'fleet');
  await bodyOf(device.api.post('/device/heartbeat'), 204);
  const online = await client.hear((message) => message.data?.deviceId === device.deviceId, 'the change');
  assert.equal(online.topic, 'fleet');
  assert.equal(online.data?.status, 'online');
  await client.hear((message) => message.data?.figures !== undefined, 'figures');
  await send(
    device,
    Array.from({ length: 500 }, () => ({ values: { a: 1, b: 2 } })),
  );
  const { data } = await client.hear(
    (message) => (message.data?.figures?.messagesPerSecond ?? 0) > 0,
    'figures with the messages in them',
  );
  assert.ok((data?.figures?.pointsPerSecond ?? 0) > 0);
  await client.close();
});

test('who unsubscribes hears no more, even at once after subscribing', async () => {
  const { id } = await bodyOf(server.api.post<Place>('/places', { name: 'Short visit', kind: 'site' }), 201);
  const device = await server.createDevice({ placeId: id });
  const topics = [`device:${device.deviceId}`, `place:${id}`, `metric:${device.deviceId}/a`];
  const hears = (client: LiveClient, topic: string, a: number) =>
    valuesOn(client, topic).some((values) => values.a === a);
  const followAll = async (client: LiveClient) => {
    client.send({ subscribe: topics });
    await until(async () => {
      await send(device, { values: { a: 0 } });
      return topics.every((topic) => hears(client, topic, 0));
    }, 'all three are followed');
  };
  const [client, witness] = await Promise.all([open(), open()]);
  await followAll(client);
  await followAll(witness);
  client.send({ unsubscribe: topics });
  for (let n = 0; n < 5; n++) {
    client.send({ subscribe: topics });
    client.send({ unsubscribe: topics });
  }
  await follow(client, 'alerts');
  // the last of those subscriptions may still be looked up
  await staysOpen(client.closed, 200);
  await send(device, { values: { a: 1 } });
  await until(() => topics.every((topic) => hears(witness, topic, 1)), 'somebody else hears it');
  for (const topic of topics) assert.ok(!hears(client, topic, 1), topic);
  await Promise.all([client.close(), witness.close()]);
});

test('a topic of another organization is as absent as one that never was', async () => {
  const away = await server.organization('away');
  const foreign = await away.createDevice({ deviceId: 'foreign' });
  const place = await bodyOf(away.api.post<Place>('/places', { name: 'Theirs', kind: 'site' }), 201);
  const never = '0193a5f0-7b1c-7d2e-8f3a-1b2c3d4e5f60';
  const client = await open();
  const pairs = [
    ['device:foreign', 'device:never-was'],
    ['metric:foreign/a', 'metric:never-was/a'],
    [`place:${place.id}`, `place:${never}`],
    ['place:nonsense', 'metric:foreign'],
  ] as const;
  client.send({ subscribe: pairs.flat() });
  for (const [theirs, missing] of pairs) {
    const [one, other] = await Promise.all(
      [theirs, missing].map((topic) =>
        client.hear((message) => message.error !== undefined && message.topic === topic, topic),
      ),
    );
    assert.equal(one?.error, other?.error);
  }
  await send(foreign, { values: { secret: 1 } });
  const theirs = await openLive(server.http, away.api);
  theirs.send({ subscribe: ['device:foreign'] });
  await until(async () => {
    await send(foreign, { values: { secret: 2 } });
    return valuesOn(theirs, 'device:foreign').length > 0;
  }, 'its own organization hears it');
  assert.ok(!JSON.stringify(client.heard).includes('secret'));
  await Promise.all([client.close(), theirs.close()]);
});

test('a device of the same name in another organization is another device', async () => {
  const mine = await server.createDevice({ deviceId: 'twin' });
  const away = await server.organization('twins');
  const theirs = await away.createDevice({ deviceId: 'twin' });
  const client = await open();
  await follow(client, 'device:twin', 'fleet');
  await send(theirs, { values: { a: 'theirs' } });
  await send(mine, { values: { a: 'mine' } });
  await until(() => valuesOn(client, 'device:twin').length > 0, 'a value');
  assert.deepEqual(valuesOn(client, 'device:twin'), [{ a: 'mine' }]);
  await client.close();
});

test('what is no request is answered, and the connection goes on', async () => {
  const client = await open();
  const wrong = ['nonsense', '{}', '[]', '{"subscribe":"device:x"}', '{"subscribe":["nothing:x"]}', '{"ping":"1"}'];
  for (const text of [...wrong, '{"subscribe":["fleet"],"more":1}', '{"__proto__":{"subscribe":[]}}'])
    client.send(text);
  client.send(Buffer.from([0xff, 0xfe]).toString('latin1'));
  const before = Date.now();
  client.send({ ping: 42.5 });
  const { now = 0 } = await client.hear(({ pong }) => pong === 42.5, 'the pong');
  assert.ok(now >= before - 1 && now <= Date.now() + 1);
  assert.equal(client.heard.filter(({ error }) => error?.startsWith('Send {')).length, 9);
  await client.close();
});

test('a request beyond 64 KiB ends the connection', async () => {
  const client = await open();
  client.send(JSON.stringify({ subscribe: [`device:${'x'.repeat(70_000)}`] }));
  assert.equal(await client.closed, 1009);
});

test('a client that does not read gets the newest values when it does, and meanwhile nobody waits for it', async () => {
  const device = await server.createDevice();
  const topic = `device:${device.deviceId}`;
  const slow = new WebSocket(`${server.http.replace('http', 'ws')}/api/v1/live?ticket=${await ticket()}`);
  const heard: Heard[] = [];
  slow.on('message', (bytes: Buffer) => heard.push(JSON.parse(bytes.toString())));
  await once(slow, 'open');
  slow.send(JSON.stringify({ subscribe: [topic] }));
  await until(async () => {
    await send(device, { values: { n: -1 } });
    return heard.length > 0;
  }, 'the slow one follows');
  const healthy = await open();
  await follow(healthy, topic);
  slow.pause();
  // 6,000 messages of 4 kB are more than the buffers of the system between the two
  const filler = 'x'.repeat(4000);
  for (let n = 0; n < 6000; n += 200) {
    await send(
      device,
      Array.from({ length: 200 }, (_, index) => ({ values: { n: n + index, filler } })),
    );
  }
  const last = (messages: readonly Heard[]) => messages.findLast(({ data }) => data?.values?.n)?.data?.values?.n?.value;
  await until(() => last(healthy.heard) === 5999, 'the healthy one has the last');
  assert.equal(valuesOn(healthy, topic).filter(({ n }) => (n as number) >= 0).length, 6000, 'and all of them');
  assert.ok(last(heard) !== 5999);
  slow.resume();
  await until(() => last(heard) === 5999, 'the slow one has the newest value');
  assert.ok(heard.length < 5000, `${heard.length} messages waited for it`);
  slow.terminate();
  await healthy.close();
});

test('server-sent events bring the same messages, with a bearer token or a ticket', async () => {
  const device = await server.createDevice();
  const path = `/api/v1/events?topics=device:${device.deviceId},fleet`;
  const byToken = await server.api.fetch(path);
  const byTicket = await server.anybody.fetch(`${path}&ticket=${await ticket()}`);
  for (const response of [byToken, byTicket]) {
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'text/event-stream');
    assert.equal(response.headers.get('cache-control'), 'no-store');
    assert.match(response.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/);
  }
  const streams = [byToken, byTicket].map(readEvents);
  await send(device, [{ values: { a: 1 } }, { values: { a: 2 } }]);
  for (const stream of streams) {
    await until(() => valuesOn(stream, `device:${device.deviceId}`).length === 2, 'both values');
    await until(
      () => stream.heard.some(({ topic, data }) => topic === 'fleet' && data?.status === 'online'),
      'the status',
    );
    assert.deepEqual(
      stream.ids.map(Number),
      stream.ids.map((_, index) => index + 1),
    );
    stream.stop();
  }
});

test('server-sent events refuse as any other address does', async () => {
  await server.organization('nobody').then((away) => away.createDevice({ deviceId: 'theirs' }));
  const refuse = async (path: string, status: number, api = server.api) => {
    const response = await api.fetch(path);
    assert.equal(response.status, status, path);
    assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/);
    return ((await response.json()) as { detail: string }).detail;
  };
  await refuse('/api/v1/events?topics=fleet', 401, server.anybody);
  await refuse('/api/v1/events?topics=fleet&ticket=used', 401, server.anybody);
  await refuse('/api/v1/events', 400);
  const foreign = await refuse('/api/v1/events?topics=device:theirs', 404);
  assert.equal(await refuse('/api/v1/events?topics=device:never-was', 404), foreign);
  assert.equal(await refuse('/api/v1/events?topics=nonsense', 404), foreign);
});

test('who leaves is not watched for any longer', async () => {
  const watchers = async () => {
    const text = await (await server.api.fetch('/metrics')).text();
    return Number(/^muster_live_watchers (\d+)$/m.exec(text)?.[1]);
  };
  const device = await server.createDevice();
  await until(async () => (await watchers()) === 0, 'everybody of the tests before has left');
  const clients = await Promise.all([open(), open(), open()]);
  for (const client of clients) client.send({ subscribe: [`device:${device.deviceId}`] });
  const stream = readEvents(await server.api.fetch(`/api/v1/events?topics=device:${device.deviceId}`));
  await until(async () => (await watchers()) === 4, 'four watch');
  await Promise.all(clients.map((client) => client.close()));
  stream.stop();
  await until(async () => (await watchers()) === 0, 'nobody watches');
});

test('who signs out hears no more at once', async () => {
  const person = await server.signIn();
  const client = await openLive(server.http, person.api);
  const device = await server.createDevice();
  await follow(client, `device:${device.deviceId}`);
  const headers = { cookie: person.cookie, 'sec-fetch-site': 'same-origin' };
  const left = await server.anybody.fetch('/api/v1/auth/logout', { method: 'POST', headers });
  assert.equal(left.status, 204);
  assert.equal(await client.closed, 4401);
});

test('while rights are looked at again nothing that is told gets lost', async () => {
  const place = await bodyOf(server.api.post<Place>('/places', { name: 'Watched', kind: 'site' }), 201);
  const device = await server.createDevice({ deviceId: 'watched-while-rights-change', placeId: place.id });
  const topic = `place:${place.id}`;
  const client = await open();
  await follow(client, topic);
  const stream = readEvents(await server.api.fetch(`/api/v1/events?topics=${topic}`));
  for (let n = 1; n <= 30; n++) {
    // has every open stream looked at, while the device speaks
    const change = server.api.post('/roles', { name: `Role ${n}`, parents: [], permissions: ['device:read'] });
    await send(device, { values: { n } });
    for (const one of [client, stream]) {
      await until(() => valuesOn(one, topic).some((values) => values.n === n), `${n} is heard`);
    }
    await change;
  }
  await client.close();
});
