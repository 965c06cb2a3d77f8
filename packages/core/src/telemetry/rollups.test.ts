import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Series } from '@muster/contract/telemetry';
import { bodyOf } from '@muster/testkit/api';
import type { TestDevice } from '@muster/testkit/organization';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import fc from 'fast-check';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Three days that ended an hour ago: late data all of it. */
const END = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - HOUR_MS;
const START = END - 3 * DAY_MS;

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.stop());

interface Message {
  ts: number;
  values: { p1: number; p2?: number };
}
type Aggregate = 'avg' | 'min' | 'max' | 'last' | 'minmax';

interface Question {
  from: number;
  to: number;
  points: number;
  aggregate: Aggregate;
}

const isBad = (metric: 'p1' | 'p2', value: number) => value < 0 || value > (metric === 'p1' ? 10 : 5);

/** What the answer must be, from the messages themselves. */
function model(truth: readonly Message[], metric: 'p1' | 'p2', question: Question): Pick<Series, 'points' | 'bad'> {
  const { from, to, points, aggregate } = question;
  const width = Math.max(1, Math.ceil((to - from) / points));
  const step = width >= HOUR_MS / 2 ? HOUR_MS : width >= MINUTE_MS / 2 ? MINUTE_MS : 1;
  const resolution = Math.ceil(width / step) * step;
  const first = Math.floor(from / step) * step;
  const buckets = new Map<number, Message[]>();
  for (const message of truth) {
    if (message.ts < first || Math.floor(message.ts / step) * step >= to) continue;
    const start = Math.floor(message.ts / resolution) * resolution;
    buckets.set(start, [...(buckets.get(start) ?? []), message]);
  }
  const answer: Pick<Series, 'points' | 'bad'> = { points: [], bad: [] };
  for (const [start, messages] of [...buckets].sort(([one], [other]) => one - other)) {
    const values = messages
      .toSorted((one, other) => one.ts - other.ts)
      .flatMap(({ values }) => (values[metric] === undefined ? [] : [values[metric]]));
    if (values.some((value) => isBad(metric, value))) {
      const last = answer.bad.at(-1);
      if (last?.[1] === start) last[1] = start + resolution;
      else answer.bad.push([start, start + resolution]);
    }
    const good = values.filter((value) => !isBad(metric, value));
    if (good.length === 0) continue;
    const [low, high] = [Math.min(...good), Math.max(...good)];
    if (aggregate === 'minmax') {
      answer.points.push([start, low]);
      if (high !== low) answer.points.push([start + Math.floor(resolution / 2), high]);
    } else {
      const total = good.reduce((sum, value) => sum + value, 0);
      const picked = { avg: total / good.length, min: low, max: high, last: good.at(-1) as number };
      answer.points.push([start, picked[aggregate]]);
    }
  }
  return answer;
}

async function ask(device: TestDevice, metric: string, { from, to, points, aggregate }: Question): Promise<Series> {
  const query = {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    points,
    aggregate,
    metrics: metric,
  };
  const path = `/devices/${device.deviceId}/telemetry`;
  const { series } = await bodyOf(server.api.get<{ series: [Series] }>(path, { query }), 200);
  return series[0];
}

/** Sums are added in another order there: the last digits may differ. */
function assertSame(series: Series, wanted: Pick<Series, 'points' | 'bad'>, what: string): void {
  assert.deepEqual(
    series.points.map(([ts]) => ts),
    wanted.points.map(([ts]) => ts),
    what,
  );
  for (const [index, [ts, value]] of series.points.entries()) {
    const right = wanted.points[index]?.[1] as number;
    assert.ok(Math.abs((value as number) - right) <= 1e-9, `${what}: at ${ts} is ${value}, not ${right}`);
  }
  assert.deepEqual(series.bad, wanted.bad, what);
}

async function send(device: TestDevice, messages: readonly Message[]): Promise<void> {
  for (let from = 0; from < messages.length; from += 1000) {
    await bodyOf(device.api.post('/device/telemetry', messages.slice(from, from + 1000)), 200);
  }
}

/** Moments that crowd into the same minutes, hours and days, and cross the borders between them. */
const moment = fc
  .oneof(
    { weight: 3, arbitrary: fc.integer({ min: 0, max: 5 * MINUTE_MS }) },
    { weight: 2, arbitrary: fc.integer({ min: DAY_MS - HOUR_MS, max: DAY_MS + HOUR_MS }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 3 * DAY_MS - 1 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 71 }).map((hour) => hour * HOUR_MS) },
  )
  .map((offset) => START + offset);

/** Some of them out of range. */
const value = fc.integer({ min: -10, max: 1100 }).map((hundredths) => hundredths / 100);
const dense: fc.Arbitrary<Message> = fc.record({ ts: moment, values: fc.record({ p1: value, p2: value }) });
const sparse: fc.Arbitrary<Message> = fc.record({ ts: moment, values: fc.record({ p1: value }) });

const question: fc.Arbitrary<Question> = fc
  .record({
    from: moment,
    length: fc.oneof(
      fc.integer({ min: 1, max: 10 * MINUTE_MS }),
      fc.integer({ min: HOUR_MS, max: DAY_MS }),
      fc.integer({ min: DAY_MS, max: 3 * DAY_MS }),
    ),
    points: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 5, max: 100 })),
    aggregate: fc.constantFrom<Aggregate>('avg', 'min', 'max', 'minmax'),
  })
  .map(({ length, ...rest }) => ({ ...rest, to: rest.from + length }));

type Step = { kind: 'send'; messages: Message[] } | { kind: 'checkpoint' | 'hours' | 'restart' | 'crash' };

const step = (message: fc.Arbitrary<Message>): fc.Arbitrary<Step> =>
  fc.oneof(
    {
      weight: 16,
      arbitrary: fc.record({
        kind: fc.constant('send' as const),
        messages: fc.array(message, { minLength: 1, maxLength: 60 }),
      }),
    },
    { weight: 8, arbitrary: fc.record({ kind: fc.constantFrom('checkpoint' as const, 'hours' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('restart' as const, 'crash' as const) }) },
  );

async function take(device: TestDevice, step: Step, truth: Message[], used: Set<number>): Promise<void> {
  const { keeper } = server.muster;
  if (step.kind === 'checkpoint') await keeper.checkpoint();
  else if (step.kind === 'hours') await keeper.rollHours();
  else if (step.kind !== 'send') await server.restart({ unclean: step.kind === 'crash' });
  else {
    // of two messages of the same moment none is the last
    const fresh = step.messages.filter(({ ts }) => !used.has(ts) && used.add(ts));
    await send(device, fresh);
    truth.push(...fresh);
  }
}

test('raw values, minutes and hours answer as the messages themselves do, wherever a checkpoint, a rollup, a restart or a crash fell', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step(fc.oneof(dense, sparse)), { minLength: 3, maxLength: 12 }),
      fc.array(question, { minLength: 6, maxLength: 6 }),
      async (steps, questions) => {
        const device = await server.createDevice({ type: 'workshop.bench' });
        const truth: Message[] = [];
        const used = new Set<number>();
        for (const [number, one] of steps.entries()) {
          await take(device, one, truth, used);
          const asked = questions[number % questions.length] as Question;
          for (const metric of ['p1', 'p2'] as const) {
            const series = await ask(device, metric, asked);
            // few values are answered as they were sent: read.test.ts
            if (series.resolution === 0) continue;
            assertSame(series, model(truth, metric, asked), `${metric} after step ${number}: ${JSON.stringify(asked)}`);
          }
        }
      },
    ),
    { numRuns: 10, interruptAfterTimeLimit: 60_000 },
  );
});

test('the last value of a bucket is that of the latest time, however late it came', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step(fc.record({ ts: moment, values: fc.record({ p1: fc.integer({ min: 0, max: 10 }) }) })), {
        minLength: 3,
        maxLength: 10,
      }),
      fc.array(question, { minLength: 4, maxLength: 4 }),
      async (steps, questions) => {
        const device = await server.createDevice({ type: 'workshop.bench' });
        const truth: Message[] = [];
        const used = new Set<number>();
        for (const [number, one] of steps.entries()) {
          await take(device, one, truth, used);
          const asked = { ...(questions[number % questions.length] as Question), aggregate: 'last' as const };
          const series = await ask(device, 'p1', asked);
          if (series.resolution === 0) continue;
          assertSame(series, model(truth, 'p1', asked), `after step ${number}: ${JSON.stringify(asked)}`);
        }
      },
    ),
    { numRuns: 6, interruptAfterTimeLimit: 60_000 },
  );
});

test('the last value of a bucket of raw values is a value, also where the newest messages do not say the metric', async () => {
  const device = await server.createDevice({ type: 'workshop.bench' });
  const message = (n: number) => ({
    ts: START + n * 10,
    values: n % 3 === 0 ? { p1: n / 100, p2: 1 } : { p2: 1, p3: 1 },
  });
  await bodyOf(device.api.post('/device/telemetry', { ts: START - 1, values: { p1: 0, p2: 0, p3: 0 } }));
  await bodyOf(
    device.api.post(
      '/device/telemetry',
      Array.from({ length: 300 }, (_, n) => message(n)),
    ),
  );
  const series = await ask(device, 'p1', { from: START, to: START + 3000, points: 30, aggregate: 'last' });
  assert.equal(series.resolution, 100);
  assert.deepEqual(
    series.points,
    Array.from({ length: 30 }, (_, bucket) => [START + bucket * 100, (Math.floor((bucket * 10 + 9) / 3) * 3) / 100]),
  );
});

test('a peak of one message in three days is seen at every width', async () => {
  const device = await server.createDevice({ type: 'workshop.bench' });
  const messages = Array.from({ length: 3 * 24 * 60 }, (_, minute) => ({
    ts: START + minute * MINUTE_MS + 17_000,
    values: { p1: 5 + (minute % 7) / 10 },
  }));
  const peak = START + 37 * HOUR_MS + 123;
  await send(device, messages);
  await server.muster.keeper.checkpoint();
  await send(device, [{ ts: peak, values: { p1: 9.9 } }]);
  const seen = async (points: number) => {
    const { resolution, points: answered } = await ask(device, 'p1', {
      from: START,
      to: END,
      points,
      aggregate: 'minmax',
    });
    const highest = answered.reduce((one, other) => (one[1] > other[1] ? one : other));
    assert.equal(highest[1], 9.9);
    assert.ok(Math.abs(highest[0] - peak) <= resolution);
    return resolution;
  };
  const widths = [];
  for (const points of [5000, 1000, 200, 20, 1]) widths.push(await seen(points));
  await server.muster.keeper.checkpoint();
  await server.muster.keeper.rollHours();
  for (const points of [5000, 1000, 200, 20, 1]) await seen(points);
  assert.deepEqual(widths, [0, 5 * MINUTE_MS, 22 * MINUTE_MS, 4 * HOUR_MS, 72 * HOUR_MS]);
});

test('while messages, checkpoints and rollups happen at once, what was acknowledged is always in the answer, once', async () => {
  const device = await server.createDevice({ type: 'workshop.bench' });
  const client = await server.connect(device);
  const truth = Array.from({ length: 1500 }, (_, n) => ({ ts: START + n * 997, values: { p1: n / 150 } }));
  let acknowledged = -1;
  let sending = true;
  const talk = async () => {
    for (let n = 0; n < truth.length; n += 10) {
      await Promise.all(truth.slice(n, n + 10).map((message) => client.telemetry(message)));
      acknowledged = (n + 9) / 150;
    }
    sending = false;
  };
  const keep = async () => {
    while (sending) {
      await server.muster.keeper.checkpoint();
      await server.muster.keeper.rollHours();
    }
  };
  let looks = 0;
  const look = async (question: Question) => {
    while (sending) {
      const least = acknowledged;
      const { points } = await ask(device, 'p1', question);
      const highest = Math.max(-1, ...points.map(([, value]) => value as number));
      assert.ok(highest >= least, `${highest} seen after ${least} was acknowledged`);
      looks++;
    }
  };
  const minutes = { from: START, to: START + HOUR_MS, points: 30 };
  const hours = { from: START, to: START + DAY_MS, points: 10 };
  await Promise.all([talk(), keep(), look({ ...minutes, aggregate: 'max' }), look({ ...hours, aggregate: 'max' })]);
  await client.end();
  assert.ok(looks > 5, `${looks} looks`);
  for (const question of [minutes, hours].map((window) => ({ ...window, aggregate: 'avg' as const }))) {
    assertSame(await ask(device, 'p1', question), model(truth, 'p1', question), JSON.stringify(question));
  }
});

test('a clock that was set back between two starts neither loses nor repeats what was stored after it', async () => {
  const device = await server.createDevice();
  const messages = (boot: string) =>
    Array.from({ length: 50 }, (_, seq) => ({ boot, seq, ts: START + seq * 1000, values: { n: 1 } }));
  await bodyOf(device.api.post('/device/telemetry', messages('before')));
  await server.muster.keeper.checkpoint();
  // as if everything so far had been received two hours from now
  await server.admin(`update telemetry set received = received + interval '2 hours'`);
  await server.admin(`update telemetry_checkpoints set upto = upto + interval '2 hours'`);
  await server.restart();
  await bodyOf(device.api.post('/device/telemetry', messages('after')));
  await server.restart({ unclean: true });
  const again = await bodyOf(device.api.post('/device/telemetry', [...messages('after'), ...messages('before')]));
  assert.deepEqual(again, { accepted: 0, duplicates: 100 });
  const { stored } = await bodyOf(
    server.api.get<{ stored: number }>('/telemetry/ledger', { query: { deviceId: device.deviceId } }),
  );
  assert.equal(stored, 100);
});
