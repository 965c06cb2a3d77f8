import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Series } from '@muster/contract/telemetry';
import type { Metric } from '../../../chart/metric.ts';
import { createFeed, type FeedRequest } from './feed.ts';

const p1: Metric = { name: 'p1', title: 'P1', kind: 'number', unit: 'bar', range: null, limits: null, decimals: 2 };
const now = 1_000_000_000;
const query = { range: '15m' as const, points: 800, metrics: [p1] };

const server = () => {
  const asked: FeedRequest[] = [];
  const answers: { resolve(points: Series['points']): void; reject(cause: Error): void }[] = [];
  const load = (request: FeedRequest, signal: AbortSignal) =>
    new Promise<Series[]>((resolve, reject) => {
      asked.push(request);
      signal.addEventListener('abort', () => reject(signal.reason));
      answers.push({
        resolve: (points) => resolve([{ metric: 'p1', unit: 'bar', resolution: 0, points, bad: [] }]),
        reject,
      });
    });
  return { asked, answers, load };
};

const settled = () => new Promise((resolve) => setImmediate(resolve));
const values = (feed: ReturnType<typeof createFeed>) =>
  feed.view('p1', { from: 0, to: now })?.samples.map((sample) => sample.value);

test('a range is asked for in as many points as the picture is wide', async () => {
  const { asked, answers, load } = server();
  const feed = createFeed({ intervalMs: 1000, openInterval: false, load, now: () => now });
  feed.show(query);
  assert.deepEqual(asked, [{ from: now - 900_000, to: now, points: 800, metrics: ['p1'] }]);
  assert.equal(feed.state(), 'loading');
  answers[0]?.resolve([[now - 2000, 1]]);
  await settled();
  assert.equal(feed.state(), 'ready');
  assert.deepEqual(values(feed), [1]);
  feed.stop();
});

test('live values that overtake the answer are neither lost nor doubled', async () => {
  const { answers, load } = server();
  const feed = createFeed({ intervalMs: 1000, openInterval: false, load, now: () => now });
  feed.show(query);
  feed.take({ p1: { ts: now - 1000, value: 2, status: 'good' } });
  feed.take({ p1: { ts: now, value: 3, status: 'good' } });
  answers[0]?.resolve([
    [now - 2000, 1],
    [now - 1000, 2],
  ]);
  await settled();
  assert.deepEqual(values(feed), [1, 2, 3]);
  feed.take({ p1: { ts: now + 1000, value: 4, status: 'good' } });
  assert.deepEqual(values(feed), [1, 2, 3, 4]);
  feed.stop();
});

test('an answer to an older question is not shown', async () => {
  const { answers, load } = server();
  const feed = createFeed({ intervalMs: 1000, openInterval: false, load, now: () => now });
  feed.show(query);
  feed.show({ ...query, range: { from: now - 5000, to: now - 1000 } });
  answers[1]?.resolve([[now - 3000, 7]]);
  answers[0]?.resolve([[now - 3000, 6]]);
  await settled();
  assert.deepEqual(values(feed), [7]);
  feed.take({ p1: { ts: now, value: 9, status: 'good' } });
  assert.deepEqual(values(feed), [7], 'a range that stands still takes no live values');
  feed.stop();
});

test('a failure keeps what was there and is healed by the next answer', async () => {
  const { answers, load } = server();
  const feed = createFeed({ intervalMs: 1000, openInterval: false, load, now: () => now });
  const states: string[] = [];
  feed.subscribe(() => states.push(feed.state()));
  feed.show(query);
  answers[0]?.resolve([[now - 2000, 1]]);
  await settled();
  feed.reload();
  answers[1]?.reject(new Error('away'));
  await settled();
  assert.deepEqual(values(feed), [1]);
  assert.match(String(feed.error()), /away/);
  feed.reload();
  answers[2]?.resolve([
    [now - 2000, 1],
    [now - 1000, 2],
  ]);
  await settled();
  assert.deepEqual(values(feed), [1, 2]);
  assert.deepEqual(states, ['loading', 'ready', 'loading', 'failed', 'loading', 'ready']);
  feed.stop();
});

test('a text on a metric of numbers is told once, and the numbers stay', async () => {
  const { answers, load } = server();
  const feed = createFeed({ intervalMs: 1000, openInterval: true, load, now: () => now });
  feed.show(query);
  answers[0]?.resolve([[now - 2000, 21.5]]);
  await settled();
  let told = 0;
  feed.subscribe(() => told++);
  feed.take({ p1: { ts: now - 1000, value: 'fault', status: 'good' } });
  feed.take({ p1: { ts: now, value: 'fault', status: 'good' } });
  assert.equal(told, 1);
  assert.deepEqual([...feed.mixed()], ['p1']);
  assert.deepEqual(values(feed), [21.5]);
  feed.stop();
});
