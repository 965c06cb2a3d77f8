import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStateBuffer, cutRuns, runAt } from './state-buffer.ts';

test('a value holds until the next one', () => {
  const buffer = createStateBuffer(100, 100);
  for (const [ts, value] of [
    [0, true],
    [1000, true],
    [2000, false],
    [3000, false],
  ] as const) {
    buffer.add(ts, value, 3000);
  }
  assert.deepEqual(buffer.runs(), [
    { from: 0, to: 2000, value: true },
    { from: 2000, to: 3000, value: false },
  ]);
  assert.equal(runAt(buffer.runs(), 2500)?.value, false);
  assert.equal(runAt(buffer.runs(), 9000), null);
});

test('a silence ends a run', () => {
  const buffer = createStateBuffer(100, 100);
  buffer.add(0, 'idle', 3000);
  buffer.add(1000, 'idle', 3000);
  buffer.add(9000, 'idle', 3000);
  assert.deepEqual(
    buffer.runs().map((run) => [run.from, run.to]),
    [
      [0, 1000],
      [9000, 9000],
    ],
  );
});

test('changes faster than the picture become one mixed run, and memory stays bounded', () => {
  const buffer = createStateBuffer(1000, 100_000);
  for (let ts = 0; ts <= 60_000; ts += 100) buffer.add(ts, ts % 200 === 0, 3000);
  assert.ok(buffer.runs().length <= 62, `${buffer.runs().length} runs`);
  assert.ok(buffer.runs().some((run) => run.value === null));
  assert.equal(buffer.runs().at(-1)?.to, 60_000);
});

test('what lies before the window is forgotten, the run that reaches into it is not', () => {
  const buffer = createStateBuffer(10, 100);
  for (const [ts, value] of [
    [0, 'a'],
    [1000, 'b'],
    [2000, 'c'],
  ] as const) {
    buffer.add(ts, value, 3000);
  }
  buffer.dropBefore(1500);
  assert.deepEqual(
    buffer.runs().map((run) => run.value),
    ['b', 'c'],
  );
});

test('more runs than allowed push the oldest out', () => {
  const buffer = createStateBuffer(1, 10);
  for (let ts = 0; ts < 5000; ts += 10) buffer.add(ts, String(ts), 3000);
  assert.equal(buffer.runs().length, 10);
});

test('a list of changes only has no silence in it, the last one holds as long as it was heard', () => {
  const buffer = createStateBuffer(100, 100);
  buffer.add(0, 'idle', Number.POSITIVE_INFINITY);
  buffer.add(600_000, 'busy', Number.POSITIVE_INFINITY);
  buffer.hold(900_000);
  assert.deepEqual(buffer.runs(), [
    { from: 0, to: 600_000, value: 'idle' },
    { from: 600_000, to: 900_000, value: 'busy' },
  ]);
  assert.deepEqual(cutRuns(buffer.runs(), [[500_000, 700_000]]), [
    { from: 0, to: 500_000, value: 'idle' },
    { from: 700_000, to: 900_000, value: 'busy' },
  ]);
});
