import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LatestValue, RejectedMessage, Series, Value } from '@muster/contract/telemetry';
import { bodyOf, problemOf } from '@muster/testkit/api';
import { overBothHomes } from '@muster/testkit/homes';
import type { TestDevice } from '@muster/testkit/organization';
import { storedMessages } from '@muster/testkit/reading';
import { until } from '@muster/testkit/until';
import fc from 'fast-check';

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;

overBothHomes('reading back', (server) => {
  const send = (device: TestDevice, messages: unknown) => bodyOf(device.api.post('/device/telemetry', messages), 200);
  const latest = async (device: TestDevice) => {
    const path = `/devices/${device.deviceId}/latest`;
    return (await bodyOf(server().api.get<{ values: Record<string, LatestValue> }>(path))).values;
  };
  const range = async (device: TestDevice, from: number, to: number, more: Record<string, string | number> = {}) => {
    const query = { from: new Date(from).toISOString(), to: new Date(to).toISOString(), ...more };
    const path = `/devices/${device.deviceId}/telemetry`;
    return (await bodyOf(server().api.get<{ series: Series[] }>(path, { query }), 200)).series;
  };

  test('the latest values come from whatever message brought them last', async () => {
    const device = await server().createDevice({ type: 'workshop.panel' });
    assert.deepEqual(await latest(device), {});
    const now = Date.now();
    await send(device, { ts: now - 900, values: { battery: 50, charging: false } });
    await send(device, { ts: now - 800, values: { mode: 'day' }, quality: { mode: 'uncertain' } });
    await send(device, { ts: now - 700, values: { battery: 200 } });
    await send(device, { ts: now - HOUR_MS, values: { battery: 7, charging: true, mode: 'late' } });
    const iso = (ts: number) => new Date(ts).toISOString();
    assert.deepEqual(await latest(device), {
      battery: { value: 200, ts: iso(now - 700), status: 'bad' },
      charging: { value: false, ts: iso(now - 900), status: 'good' },
      mode: { value: 'day', ts: iso(now - 800), status: 'uncertain' },
    });
  });

  test('a value that is older than three usual intervals is stale, unless it is bad', async () => {
    const device = await server().createDevice({ type: 'workshop.bench' });
    const now = Date.now();
    await send(device, { ts: now - 60 * SECOND_MS, values: { p1: 1, p2: 99 } });
    await send(device, { ts: now, values: { p3: 3 } });
    const status = async () =>
      Object.fromEntries(Object.entries(await latest(device)).map(([name, { status }]) => [name, status]));
    assert.deepEqual(await status(), { p1: 'stale', p2: 'bad', p3: 'good' });
    await send(device, { values: { p1: 1 } });
    assert.deepEqual(await status(), { p1: 'good', p2: 'bad', p3: 'good' });
    await until(async () => (await status()).p3 === 'stale', 'silence makes it stale');
  });

  test('a clock that ran ahead does not shadow what comes after it', async () => {
    const device = await server().createDevice();
    const now = Date.now();
    await send(device, { ts: now + 10 * HOUR_MS, values: { a: 1 } });
    await send(device, { values: { a: 2 } });
    const { a } = await latest(device);
    assert.equal(a?.value, 2);
    await send(device, { ts: now - HOUR_MS, values: { a: 3 } });
    assert.equal((await latest(device)).a?.value, 2);
  });

  for (const unclean of [false, true]) {
    test(`the latest values are the same after ${unclean ? 'a crash' : 'a restart'}`, async () => {
      const device = await server().createDevice({ type: 'workshop.panel' });
      const now = Date.now();
      await send(device, { ts: now - 5000, values: { battery: 10, charging: true, mode: 'a' } });
      await server().muster.keeper.checkpoint();
      await send(device, { ts: now - 4000, values: { battery: 101, mode: 'b' }, quality: { mode: 'bad' } });
      await send(device, { ts: now - 4500, values: { battery: 5, charging: false, mode: 'late' } });
      const before = await latest(device);
      assert.equal(before.mode?.value, 'b');
      await server().restart({ unclean });
      assert.deepEqual(await latest(device), before);
    });
  }

  test('a short range is exactly what was sent, in the order of its times', async () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
    const message = fc.record({ a: number, b: fc.option(number, { nil: undefined }) });
    const start = Date.now() - 20 * HOUR_MS;
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 50 }), fc.nat(), async (messages, seed) => {
        const device = await server().createDevice();
        const truth = messages.map(({ a, b }, n) => ({
          ts: start + n * 7,
          values: b === undefined ? { a } : { a, b },
        }));
        const mixed = truth.toSorted((one, other) => ((one.ts * seed) % 97) - ((other.ts * seed) % 97));
        await send(device, mixed);
        const series = await range(device, start, start + truth.length * 7, { metrics: 'a,b', points: 1000 });
        const points = (metric: 'a' | 'b'): [number, Value][] =>
          truth.flatMap(
            ({ ts, values }) =>
              (metric in values ? [[ts, (values as Record<string, number>)[metric]]] : []) as [number, Value][],
          );
        assert.deepEqual(series, [
          { metric: 'a', unit: null, resolution: 0, points: points('a'), bad: [] },
          { metric: 'b', unit: null, resolution: 0, points: points('b'), bad: [] },
        ]);
      }),
      { numRuns: 8 },
    );
  });

  test('a range holds its beginning and not its end', async () => {
    const device = await server().createDevice();
    const start = Date.now() - HOUR_MS;
    await send(
      device,
      [0, 1, 2, 3].map((n) => ({ ts: start + n, values: { a: n } })),
    );
    const [series] = await range(device, start + 1, start + 3);
    assert.deepEqual(series?.points, [
      [start + 1, 1],
      [start + 2, 2],
    ]);
  });

  test('bad values are shown as sent and marked', async () => {
    const device = await server().createDevice({ type: 'workshop.bench' });
    const start = Date.now() - HOUR_MS;
    const p1 = [5, 11, 12, 5, 5, 11];
    await send(
      device,
      p1.map((value, n) => ({ ts: start + n * 1000, values: { p1: value } })),
    );
    const [series] = await range(device, start, start + 10_000, { metrics: 'p1' });
    assert.deepEqual(
      series?.points.map(([, value]) => value),
      p1,
    );
    assert.equal(series?.unit, 'bar');
    assert.deepEqual(series?.bad, [
      [start + 1000, start + 3000],
      [start + 5000, start + 6000],
    ]);
  });

  test('a metric that told numbers and texts is answered with both, in the order of their times', async () => {
    const device = await server().createDevice();
    const start = Math.floor((Date.now() - 20 * HOUR_MS) / HOUR_MS) * HOUR_MS;
    const told: [seconds: number, value: Value, bad?: boolean][] = [
      [0, 1],
      [60, 'off'],
      [120, 'off'],
      [180, 2],
      [240, 'off'],
      [300, 3],
      [360, 'broken', true],
    ];
    await send(
      device,
      told.map(([seconds, value, bad]) => ({
        ts: start + seconds * SECOND_MS,
        values: { gate: value },
        ...(bad ? { quality: { gate: 'bad' } } : {}),
      })),
    );
    const at = (...points: [seconds: number, value: Value][]) =>
      points.map(([seconds, value]) => [start + seconds * SECOND_MS, value]);
    const [exact] = await range(device, start, start + HOUR_MS, { metrics: 'gate', points: 1000 });
    assert.equal(exact?.resolution, 0);
    assert.deepEqual(
      exact?.points,
      at([0, 1], [60, 'off'], [180, 2], [240, 'off'], [300, 3], [360, 'broken']),
      'a text that was told again is no change, unless a number stood between',
    );
    assert.equal(exact?.bad[0]?.[0], start + 360 * SECOND_MS);
    const [minutes] = await range(device, start, start + HOUR_MS, { metrics: 'gate', points: 60, aggregate: 'max' });
    assert.equal(minutes?.resolution, 60_000);
    assert.deepEqual(minutes?.points, at([0, 1], [60, 'off'], [180, 2], [240, 'off'], [300, 3]));
    assert.equal(minutes?.bad[0]?.[0], start + 360 * SECOND_MS, 'a bad text is told beside buckets of good numbers');
  });

  test('what is asked wrongly is refused with the place of the fault', async () => {
    const device = await server().createDevice({ type: 'workshop.bench' });
    const path = `/devices/${device.deviceId}/telemetry`;
    const [from, to] = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'];
    const table: [query: Record<string, string>, status: number, place: string][] = [
      [{ from: to, to: from }, 422, '/to'],
      [{ from, to: from }, 422, '/to'],
      [{ from: '2000-01-01T00:00:00Z', to }, 422, '/to'],
      [{ from, to, metrics: 'p9' }, 422, '/metrics'],
      [{ from, to, metrics: 'toString' }, 422, '/metrics'],
      [{ from: 'yesterday', to }, 400, '/from'],
      [{ to }, 400, '/from'],
      [{ from, to, points: '0' }, 400, '/points'],
      [{ from, to, points: '10001' }, 400, '/points'],
      [{ from, to, points: 'many' }, 400, '/points'],
      [{ from, to, aggregate: 'median' }, 400, '/aggregate'],
      [{ from, to, limit: '5' }, 400, '/limit'],
    ];
    for (const [query, status, place] of table) {
      const problem = await problemOf(server().api.get(path, { query }), status);
      assert.equal(problem.errors[0]?.path, place, JSON.stringify(query));
    }
    const generic = await server().createDevice();
    const metrics = Array.from({ length: 51 }, (_, n) => `m${n}`).join();
    await problemOf(server().api.get(`/devices/${generic.deviceId}/telemetry`, { query: { from, to, metrics } }), 422);
  });

  test('events and refused messages are read in pages that fit together', async () => {
    const device = await server().createDevice();
    const now = Date.now();
    for (let n = 0; n < 25; n++) {
      const ts = now - (n % 5) * 1000;
      await bodyOf(device.api.post('/device/events', { ts, type: n % 2 ? 'odd' : 'even', data: { n } }));
      await problemOf(device.api.post('/device/telemetry', { values: {}, n }), 422);
    }
    const pages = async <Item>(path: string, query: Record<string, string | number> = {}): Promise<Item[]> => {
      const items: Item[] = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const more = cursor === undefined ? {} : { cursor };
        const page = await bodyOf(
          server().api.get<{ items: Item[]; nextCursor: string | null }>(`/devices/${device.deviceId}${path}`, {
            query: { limit: 4, ...query, ...more },
          }),
        );
        assert.ok(page.items.length <= 4);
        items.push(...page.items);
        cursor = page.nextCursor;
      }
      return items;
    };
    interface Event {
      id: string;
      type: string;
      ts: string;
    }
    const events = (await pages<Event>('/events')).filter(({ type }) => type !== 'muster.status');
    assert.equal(new Set(events.map(({ id }) => id)).size, 25);
    assert.deepEqual(
      events,
      events.toSorted((one, other) => (one.ts < other.ts || (one.ts === other.ts && one.id < other.id) ? 1 : -1)),
    );
    assert.equal((await pages<Event>('/events', { type: 'odd' })).length, 12);
    const window = { from: new Date(now - 2000).toISOString(), to: new Date(now).toISOString() };
    assert.equal((await pages<Event>('/events', { ...window, type: 'even' })).length, 5);
    await until(async () => (await pages('/rejected-messages')).length === 25, 'all are listed');
    const refused = (await pages<RejectedMessage>('/rejected-messages')).map(({ excerpt }) => JSON.parse(excerpt).n);
    assert.deepEqual(
      refused,
      Array.from({ length: 25 }, (_, n) => 24 - n),
    );
  });

  test('a device of another organization is as absent as one that never was', async () => {
    const device = await server().createDevice();
    await send(device, { values: { a: 1 } });
    const away = await server().organization(`readers-${server().home}`);
    const query = { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z', format: 'csv' };
    const paths = ['', '/latest', '/telemetry', '/telemetry/export', '/events', '/rejected-messages'];
    for (const path of paths) {
      const asked = {
        query: /telemetry/.test(path) ? { ...query, format: /export/.test(path) ? 'csv' : undefined } : {},
      };
      const [foreign, missing] = await Promise.all(
        [device.deviceId, 'never-was'].map((id) => problemOf(away.api.get(`/devices/${id}${path}`, asked), 404)),
      );
      assert.equal(foreign?.detail, missing?.detail, path);
    }
    assert.equal((await storedMessages(server().api, device.deviceId)).length, 1);
  });
});
