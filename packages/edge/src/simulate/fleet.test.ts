import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyFigures } from './figures.ts';
import { stepper } from './fleet.ts';
import type { SimulationOptions } from './options.ts';
import type { SimulatedDevice } from './simulated-device.ts';
import { noTruth } from './truth.ts';

/** Nothing listens there: devices measure and queue. */
const options: SimulationOptions = {
  url: 'mqtt://127.0.0.1:1',
  devices: ['d0', 'd1', 'd2', 'd3'].map((deviceId) => ({ organization: 'acme', deviceId, token: 'secret' })),
  source: () => (ts, n) => ({ ts, n }),
  rate: 1,
  seed: 1,
};

async function stepping(changed: Partial<SimulationOptions>, at: number[]) {
  const fleet: SimulatedDevice[] = [];
  const run = { name: 'r', truth: noTruth, figures: emptyFigures(4) };
  const step = stepper({ ...options, ...changed }, run, fleet, {});
  const seen = at.map((elapsed) => ({ done: step(elapsed), measured: fleet.map(({ n }) => n) }));
  await Promise.all(fleet.map(({ connection }) => connection.stop(0)));
  return { seen, figures: run.figures };
}

test('devices begin one after another, as fast as allowed', async () => {
  const { seen } = await stepping({ connectsPerSecond: 2 }, [0, 499, 500, 1499, 1500, 9000]);
  assert.deepEqual(
    seen.map(({ measured }) => measured.length),
    [1, 1, 2, 3, 4, 4],
  );
});

test('devices take turns, evenly spread over the time between two messages of one', async () => {
  const { seen } = await stepping({}, [10, 260, 520, 770, 1000, 1020, 3000]);
  assert.deepEqual(
    seen.map(({ measured }) => measured.join()),
    ['1,0,0,0', '1,1,0,0', '1,1,1,0', '1,1,1,1', '2,1,1,1', '2,1,1,1', '4,3,3,3'],
  );
});

test('after its messages a device measures no more, and the run is done when all have theirs', async () => {
  const { seen } = await stepping({ messages: 2 }, [1, 1250, 1750, 9000]);
  assert.deepEqual(
    seen.map(({ done, measured }) => [done, measured.join()]),
    [
      [false, '1'],
      [false, '2,2,1,1'],
      [true, '2,2,2,2'],
      [true, '2,2,2,2'],
    ],
  );
});

test('a run that can not keep up says how far it is behind', async () => {
  const { seen, figures } = await stepping({ rate: 1000, connectsPerSecond: 1e6, queueBytes: 0 }, [1, 1000]);
  assert.equal(
    seen[1]?.measured.reduce((sum, n) => sum + n, 0),
    2000 + (seen[0]?.measured.reduce((sum, n) => sum + n, 0) ?? 0),
  );
  assert.ok(figures.behindMs > 400 && figures.behindMs < 600, `${figures.behindMs}`);
});
