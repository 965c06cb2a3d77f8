import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, test } from 'node:test';
import { until } from '../testing/broker.ts';
import { startFleet } from '../testing/fleet.ts';
import type { SimulationOptions } from './options.ts';
import { planDevice } from './plan.ts';

const fleet = await startFleet();
const { broker } = fleet;
const place = mkdtempSync(join(tmpdir(), 'muster-answering-'));
afterEach(() => {
  broker.onSubscribe = undefined;
});
after(async () => {
  await fleet.stop();
  rmSync(place, { recursive: true });
});

/** Runs devices that say to a test what they hear, until it has seen enough. */
async function run(devices: number, options: Partial<SimulationOptions>, talk: () => Promise<void>) {
  const stop = new AbortController();
  const listening = new Set<string>();
  broker.onSubscribe = (filters) => {
    for (const filter of filters) listening.add(filter);
  };
  const outcome = fleet.run(devices, { rate: 1, signal: stop.signal, ...options });
  try {
    await until(() => listening.size === devices * 2, 'everybody listens');
    await talk();
  } finally {
    stop.abort();
  }
  return outcome;
}

const said = (topic: RegExp) =>
  broker.arrivals.filter((one) => topic.test(one.topic)).map(({ payload }) => JSON.parse(payload));
const results = () => said(/\/result$/).filter(({ state }) => state !== 'acknowledged');
const reports = (deviceId: string) => said(new RegExp(`/${deviceId}/configuration/reported$`));
const command = (deviceId: string, id: string) =>
  broker.publish(`devices/${deviceId}/commands/${id}`, JSON.stringify({ name: 'blink', params: {} }));
const desire = (deviceId: string, version: number, configuration: object) =>
  broker.publish(`devices/${deviceId}/configuration/desired`, JSON.stringify({ version, configuration }));

test('simulated devices run commands and hold configurations, and the truth says which', async () => {
  const { figures, truth } = await run(3, {}, async () => {
    for (const id of ['d0', 'd1', 'd2']) {
      await command(id, `c-${id}`);
      await command(id, `c-${id}`);
      await desire(id, 1, { color: 'red' });
    }
    await until(() => results().length >= 3, 'all results');
    await until(() => ['d0', 'd1', 'd2'].every((id) => reports(id).at(-1)?.version === 1), 'all reports');
  });
  assert.equal(figures.commands, 3);
  assert.deepEqual(truth.commands.map(({ id }) => id).sort(), ['c-d0', 'c-d1', 'c-d2']);
  assert.deepEqual(
    truth.configurations.map(({ version, outcome }) => [version, outcome]),
    Array(3).fill([1, 'held']),
  );
});

test('loses-result: some commands are run and nobody hears how they ended, and the truth marks them', async () => {
  const active = { 'loses-result': { share: 0.5 } };
  const { losesResult } = planDevice(7, 0, active);
  const kept = Array.from({ length: 20 }, losesResult).filter((isLost) => !isLost).length;
  assert.ok(kept > 4 && kept < 16, `${kept}`);
  const { truth } = await run(1, { seed: 7, faults: ['loses-result'], faultParameters: active }, async () => {
    for (let number = 1; number <= 20; number++) await command('d0', `c${number}`);
    await until(() => said(/\/result$/).length === 20 + kept, 'all are taken, and what is not lost is told');
  });
  assert.deepEqual([truth.commands.length, truth.commands.filter(({ lost }) => !lost).length], [20, kept]);
  assert.equal(results().length, kept);
});

test('slow-command: the commands behind it wait for their turn', async () => {
  const forMs = 60;
  const began = performance.now();
  const { truth } = await run(
    1,
    { faults: ['slow-command'], faultParameters: { 'slow-command': { share: 1, forMs } } },
    async () => {
      for (const id of ['a', 'b', 'c']) await command('d0', id);
      await until(() => results().length === 3, 'all results');
    },
  );
  assert.ok(performance.now() - began >= 3 * (forMs - 1));
  assert.deepEqual(
    truth.commands.map(({ id }) => id),
    ['a', 'b', 'c'],
  );
});

test('refuses-configuration: it is said why, and what was before stays', async () => {
  const faultParameters = { 'refuses-configuration': { share: 1 } };
  const { truth } = await run(1, { faults: ['refuses-configuration'], faultParameters }, async () => {
    await desire('d0', 1, { color: 'red' });
    await until(() => reports('d0').at(-1)?.failed, 'the refusal');
  });
  const failed = { version: 1, error: 'this device refuses every configuration', reverted: false };
  assert.deepEqual(reports('d0').at(-1), { version: 0, configuration: {}, failed });
  assert.deepEqual(
    truth.configurations.map(({ outcome }) => outcome),
    ['refused'],
  );
});

test('cut-off-by-configuration: the network is gone, the change is taken back, and that is told', async () => {
  const faultParameters = { 'cut-off-by-configuration': { share: 1, confirmMs: 100 } };
  const { figures, truth } = await run(1, { faults: ['cut-off-by-configuration'], faultParameters }, async () => {
    await desire('d0', 1, { color: 'red' });
    await until(() => reports('d0').at(-1)?.version === 1, 'the first is held');
    await desire('d0', 2, { color: 'blue', cutOff: true });
    await until(() => reports('d0').at(-1)?.failed, 'the word that it was taken back');
  });
  const failed = { version: 2, error: 'the server could not be reached within 0.1 s', reverted: true };
  assert.deepEqual(reports('d0').at(-1), { version: 1, configuration: { color: 'red' }, failed });
  assert.ok(figures.reconnects >= 1);
  assert.deepEqual(
    truth.configurations.map(({ version, outcome }) => `${version} ${outcome}`),
    ['1 held', '2 reverted'],
  );
});

test('with a directory, what was held and done is known in the next run', async () => {
  const directory = join(place, 'devices');
  await run(1, { directory }, async () => {
    await command('d0', 'once');
    await desire('d0', 7, { color: 'red' });
    await until(() => results().length === 1 && reports('d0').at(-1)?.version === 7, 'both');
  });
  assert.deepEqual(
    readdirSync(directory).filter((name) => name.endsWith('.sqlite')),
    ['d0.sqlite'],
  );
  const { truth } = await run(1, { directory }, async () => {
    await command('d0', 'once');
    await until(() => results().length === 1 && reports('d0').at(-1)?.version === 7, 'both again');
  });
  assert.deepEqual([truth.commands.length, truth.configurations.length], [0, 0]);
});
