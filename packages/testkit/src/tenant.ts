import assert from 'node:assert/strict';
import { bodyOf } from './api.ts';
import { type Heard, openLive, readEvents } from './live.ts';
import type { TestServer } from './server.ts';
import { type TenantCall, type TenantState, tenantCalls } from './tenant-calls.ts';
import { until } from './until.ts';

/** An organization with two devices and two screens, which does what it is told and keeps what it is answered. */
export interface Tenant extends TenantState {
  perform(call: TenantCall, n: number): Promise<void>;
  /** Answers, then what the screens and the device heard, word for word. Ends everything. */
  finish(): Promise<{ answers: string[]; live: string[] }>;
}

export interface TenantWish {
  slug: string;
  /** Stands in every text that he writes. */
  word: string;
  /** Added to what his devices measure. */
  offset: number;
  address: string;
  foreign: TenantState['foreign'];
}

/** Times of messages are the same in every run: answers are compared. */
const START_MS = Math.floor(Date.now() / 60_000 - 30) * 60_000;

/** Makes an organization that plays a sequence of calls. */
export async function openTenant(server: TestServer, wish: TenantWish): Promise<Tenant> {
  const { slug, word, offset, address, foreign } = wish;
  const { api, createDevice } = await server.organization(slug);
  const mqttDevice = await createDevice({ deviceId: 'bench-1' });
  const http = await createDevice({ deviceId: 'bench-2' });

  const topics = ['device:bench-1', 'device:bench-2', 'fleet'];
  const socket = await openLive(server.http, api);
  // the server confirms nothing: but of devices that it has open it is told at once, and of a stranger after having looked
  for (const id of ['bench-1', 'bench-2']) await bodyOf(api.get(`/devices/${id}/latest`), 200);
  socket.send({ subscribe: [...topics, 'device:stranger'] });
  await socket.hear(
    ({ topic, error }) => topic === 'device:stranger' && error !== undefined,
    'the topics are followed',
  );
  const stream = readEvents(await api.fetch(`/api/v1/events?${new URLSearchParams({ topics: topics.join() })}`));
  const heardBoth = (wanted: (message: Heard) => boolean) => async () => {
    await socket.hear(wanted, 'the socket hears it');
    await until(() => stream.heard.find(wanted), 'the stream hears it');
  };

  const mqtt = await server.connect(mqttDevice);
  const commands: string[] = [];
  mqtt.client.on('message', (topic, payload) => commands.push(`${topic} ${payload}`));
  await mqtt.subscribe('devices/bench-1/commands/#');
  await bodyOf(http.api.post('/device/heartbeat'), 204);
  for (const id of ['bench-1', 'bench-2'])
    await heardBoth(({ data }) => data?.deviceId === id && data.event?.type === 'muster.status')();
  const online = async () => {
    const { items } = await bodyOf(api.get<{ items: { status: string }[] }>('/devices'), 200);
    return items.every(({ status }) => status === 'online');
  };
  await until(online, 'both devices are online');
  // how the first words of two devices meet is chance
  socket.heard.length = 0;
  stream.heard.length = 0;

  const answers: string[] = [];
  let count = 0;
  let measured = false;
  const tenant: TenantState = {
    word,
    slug,
    api,
    base: () => server.http,
    address,
    benches: { http, mqtt },
    made: { places: [], people: [], keys: [], tokens: [] },
    range: { from: new Date(START_MS).toISOString(), to: new Date(START_MS + 1_200_000).toISOString() },
    foreign,
    poked: new Set(),
    nextMessage(n) {
      measured = true;
      const k = ++count;
      const message = { ts: START_MS + k * 1000, values: { count: k, level: n + offset, text: word } };
      return [message, heardBoth(({ data }) => data?.values?.count?.value === k)];
    },
    nextEvent(n) {
      const k = ++count;
      const event = { type: 'door', ts: START_MS + k * 1000, data: { k, n, word } };
      return [event, heardBoth(({ data }) => (data?.event?.data as { k?: number } | undefined)?.k === k)];
    },
  };

  return {
    ...tenant,
    async perform(call, n) {
      await tenantCalls[call](tenant, n, (name, { status, headers, text }) => {
        const said = ['content-type', 'etag', 'retry-after'].map((header) => headers.get(header) ?? '-').join(' | ');
        answers.push(`${name} → ${status} ${said}\n${text}`);
      });
    },
    async finish() {
      // what was on its way to the screens before has arrived then
      await tenantCalls.tellEvent(tenant, 0, () => undefined);
      const isFigures = ({ data }: Heard) => data?.figures !== undefined;
      const figures = [...socket.heard, ...stream.heard].flatMap(({ data }) => data?.figures ?? []);
      if (!measured) assert.ok(figures.every((one) => one.messagesPerSecond === 0 && one.pointsPerSecond === 0));
      const live = [socket.heard, stream.heard].map((heard) =>
        JSON.stringify(heard.filter((message) => !isFigures(message))),
      );
      stream.stop();
      await socket.close();
      await mqtt.end();
      const masked = answers.map((text) => [...tenant.poked].reduce((all, id) => all.replaceAll(id, 'FOREIGN'), text));
      return { answers: masked, live: [...live, JSON.stringify(commands)] };
    },
  };
}
