import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Series } from '@muster/contract/telemetry';
import { createHistory } from './history.ts';

const series = (points: Series['points'], rest: Partial<Series> = {}): Series => ({
  metric: 'p1',
  unit: 'bar',
  resolution: 0,
  points,
  bad: [],
  ...rest,
});
const options = {
  kind: 'number',
  intervalMs: 1000,
  openInterval: false,
  span: 60_000,
  points: 600,
  known: { from: 0, to: Number.POSITIVE_INFINITY },
} as const;

test('bad values leave the line, keep their value, and are no gap', () => {
  const points: Series['points'] = [];
  for (let ts = 0; ts <= 20_000; ts += 1000) points.push([ts, ts >= 8000 && ts <= 14_000 ? 99 : 4]);
  const history = createHistory(series(points, { bad: [[8000, 15_000]] }), options);
  const view = history.view({ from: 0, to: 20_000 });
  assert.ok(view.samples.every((sample) => sample.value === 4));
  assert.equal(view.badSamples.length, 7);
  assert.deepEqual(view.gaps, []);
  assert.deepEqual(view.bad, [[8000, 15_000]]);
});

test('live values join what was stored, of either quality', () => {
  const history = createHistory(series([[0, 1]]), options);
  history.add(1000, 2, 'good');
  history.add(2000, 50, 'bad');
  history.add(3000, 51, 'bad');
  history.add(4000, 3, 'uncertain');
  const view = history.view({ from: 0, to: 4000 });
  assert.deepEqual(
    view.samples.map((sample) => sample.value),
    [1, 2, 3],
  );
  assert.deepEqual(view.bad, [[2000, 4000]]);
  assert.equal(history.newest(), 4000);
});

test('a silence is a gap', () => {
  const numbers = createHistory(
    series([
      [0, 1],
      [1000, 1],
      [9000, 1],
    ]),
    options,
  );
  assert.deepEqual(numbers.view({ from: 0, to: 10_000 }).gaps, [[1000, 9000]]);
});

test('stored states are changes only: they hold until the next one, but not while the device is silent', () => {
  const states = createHistory(
    series([
      [0, true],
      [9000, false],
    ]),
    { ...options, kind: 'boolean', heardAt: 20_000 },
  );
  assert.deepEqual(states.view({ from: 0, to: 20_000 }).gaps, []);
  const view = states.view({ from: 0, to: 30_000 }, [[2000, 8000]]);
  assert.deepEqual(view.gaps, [
    [2000, 8000],
    [20_000, 30_000],
  ]);
  assert.deepEqual(
    view.runs.map((run) => [run.from, run.to, run.value]),
    [
      [0, 2000, true],
      [8000, 9000, true],
      [9000, 20_000, false],
    ],
  );
});

test('a bucket that also held bad values keeps its good ones', () => {
  const points: Series['points'] = [
    [0, 4],
    [60_000, 5],
    [120_000, 6],
  ];
  const history = createHistory(series(points, { resolution: 60_000, bad: [[60_000, 120_000]] }), options);
  assert.equal(history.view({ from: 0, to: 180_000 }).samples.length, 3);
});

test('a device of unknown interval shows by its values what a gap is', () => {
  const points: Series['points'] = [];
  for (let i = 0; i < 20; i++) points.push([i * 60_000, i]);
  const open = { ...options, intervalMs: 5000, span: 1_200_000 };
  assert.equal(createHistory(series(points), open).view({ from: 0, to: 1_140_000 }).gaps.length, 19);
  assert.deepEqual(
    createHistory(series(points), { ...open, openInterval: true }).view({ from: 0, to: 1_140_000 }).gaps,
    [],
  );
});

test('values much faster than the picture are no gaps in it', () => {
  const history = createHistory(series([]), { ...options, intervalMs: 100, span: 900_000, points: 800 });
  for (let ts = 0; ts < 900_000; ts += 100) history.add(ts, Math.sin(ts / 5000), 'good');
  const view = history.view({ from: 0, to: 900_000 });
  assert.deepEqual(view.gaps, []);
  assert.ok(view.samples.length <= 3 * 801);
});

test('a number among texts, and what is no number, do not disturb', () => {
  const history = createHistory(series([]), { ...options, kind: 'string' });
  history.add(0, 'idle', 'good');
  history.add(1000, 7, 'good');
  history.add(2000, 'busy', 'good');
  assert.deepEqual(
    history.view({ from: 0, to: 2000 }).runs.map((run) => run.value),
    ['idle', 'busy'],
  );
});

test('what was not asked for is unknown, not a gap', () => {
  const points: Series['points'] = [];
  for (let ts = 60_000; ts <= 120_000; ts += 1000) points.push([ts, 1]);
  const history = createHistory(series(points), { ...options, known: { from: 50_000, to: 120_000 } });
  assert.deepEqual(history.view({ from: 0, to: 900_000 }).gaps, [[50_000, 60_000]]);
  assert.deepEqual(history.view({ from: 200_000, to: 900_000 }).gaps, []);
});

test('a text among numbers takes neither from the other, stored or live', () => {
  for (const kind of ['number', 'string'] as const) {
    const stored = createHistory(
      series([
        [0, 21.5],
        [1000, 21.6],
        [2000, 'fault'],
        [3000, 21.7],
      ]),
      { ...options, kind, heardAt: 9000 },
    );
    const live = createHistory(series([[0, 21.5]]), { ...options, kind });
    live.add(1000, 21.6, 'good');
    live.add(2000, 'fault', 'good');
    live.add(3000, 21.7, 'good');
    for (const history of [stored, live]) {
      const view = history.view({ from: 0, to: 3000 });
      assert.deepEqual(
        view.samples.map((sample) => sample.value),
        [21.5, 21.6, 21.7],
      );
      assert.deepEqual(view.runs, [{ from: 2000, to: 3000, value: 'fault' }]);
      assert.deepEqual(view.gaps, []);
      assert.equal(history.isMixed(), true);
    }
  }
  assert.equal(createHistory(series([[0, 1]]), options).isMixed(), false);
  assert.equal(createHistory(series([[0, 'idle']]), { ...options, kind: 'string' }).isMixed(), false);
});
