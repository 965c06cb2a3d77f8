import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { Message } from '../message.ts';
import { until } from '../testing/broker.ts';
import { HeldConfiguration, type HeldOptions } from './held.ts';
import { type Configuration, type ConfigurationStore, type HeldState, memoryConfiguration } from './store.ts';

const open = new Set<HeldConfiguration>();
afterEach(async () => {
  await Promise.all([...open].map((held) => held.stop()));
  open.clear();
});

interface Bench {
  held: HeldConfiguration;
  applied: Configuration[];
  reports: { version: number; configuration: Configuration; failed?: object }[];
  link: { isAway: boolean };
}

function bench(store: ConfigurationStore = memoryConfiguration(), more: Partial<HeldOptions> = {}): Bench {
  const applied: Configuration[] = [];
  const reports: Bench['reports'] = [];
  const link = { isAway: false };
  const held = new HeldConfiguration({
    deviceId: 'd1',
    store,
    initial: { color: 'none' },
    check: ({ color }) => (color === 'ugly' ? 'that is no color' : undefined),
    apply: (configuration) => {
      applied.push(configuration);
    },
    say: async ({ payload }: Message) => {
      if (link.isAway) throw new Error('away');
      reports.push(JSON.parse(payload));
    },
    confirmMs: 30,
    ...more,
  });
  open.add(held);
  return { held, applied, reports, link };
}

const desire = (version: number, color: string) => JSON.stringify({ version, configuration: { color } });
const confirmed = (store: ConfigurationStore, version: number) =>
  until(() => store.load()?.confirmed.version === version && !store.load()?.tentative, `version ${version} is held`);
const reverted = (store: ConfigurationStore, version: number) =>
  until(() => store.load()?.failed?.version === version, `version ${version} has failed`);

test('a desired configuration is checked, applied, reported and, once the server has the report, held', async () => {
  const store = memoryConfiguration();
  const { held, applied, reports } = bench(store);
  await held.start();
  held.online();
  held.take(desire(1, 'red'));
  await confirmed(store, 1);
  assert.deepEqual(applied, [{ color: 'none' }, { color: 'red' }]);
  assert.deepEqual(reports, [
    { version: 0, configuration: { color: 'none' } },
    { version: 1, configuration: { color: 'red' } },
  ]);
  assert.deepEqual(held.inForce, { version: 1, configuration: { color: 'red' } });
});

test('the same or an older version that comes again changes nothing, and is reported again', async () => {
  const store = memoryConfiguration();
  const { held, applied, reports } = bench(store);
  await held.start();
  held.take(desire(5, 'red'));
  await confirmed(store, 5);
  for (const version of [5, 3]) {
    const before = reports.length;
    held.take(desire(version, 'blue'));
    await until(() => reports.length > before, 'the report');
    assert.deepEqual(reports.at(-1), { version: 5, configuration: { color: 'red' } });
  }
  assert.equal(applied.length, 2);
});

test('one that the device refuses is not applied, and not looked at again until a newer one comes', async () => {
  const store = memoryConfiguration();
  const { held, applied, reports } = bench(store);
  await held.start();
  held.take(desire(1, 'ugly'));
  await until(() => reports.length === 1, 'the report');
  const failed = { version: 1, error: 'that is no color', reverted: false };
  assert.deepEqual(reports[0], { version: 0, configuration: { color: 'none' }, failed });
  held.take(desire(1, 'red'));
  await until(() => reports.length === 2, 'the second report');
  assert.equal(applied.length, 1);
  held.take(desire(2, 'red'));
  await confirmed(store, 2);
  assert.deepEqual(reports.at(-1), { version: 2, configuration: { color: 'red' } });
});

test('one that cuts the device off is taken back, and the report says so when the server can be reached', async () => {
  const store = memoryConfiguration();
  let bad = false;
  const { held, reports, link } = bench(store, {
    apply: ({ color }) => {
      bad = color === 'dark';
      link.isAway = bad;
    },
  });
  await held.start();
  held.take(desire(1, 'red'));
  await confirmed(store, 1);
  held.take(desire(2, 'dark'));
  await reverted(store, 2);
  await until(() => reports.at(-1)?.failed !== undefined, 'the report');
  assert.equal(bad, false);
  const failed = { version: 2, error: 'the server could not be reached within 0.03 s', reverted: true };
  assert.deepEqual(reports.at(-1), { version: 1, configuration: { color: 'red' }, failed });
  const { length } = reports;
  held.take(desire(2, 'dark'));
  await until(() => reports.length > length, 'the report of the old');
  assert.equal(bad, false);
});

test('one whose application fails is taken back', async () => {
  const store = memoryConfiguration();
  const { held } = bench(store, {
    apply: ({ color }) => {
      if (color === 'heavy') throw new Error('too heavy');
    },
  });
  await held.start();
  held.take(desire(1, 'heavy'));
  await reverted(store, 1);
  assert.deepEqual(store.load(), {
    confirmed: { version: 0, configuration: { color: 'none' } },
    tentative: null,
    failed: { version: 1, error: 'too heavy', reverted: true },
  } satisfies HeldState);
});

test('a report that was under way before the change proves nothing about it', async () => {
  const store = memoryConfiguration();
  const answers: (() => void)[] = [];
  const { held } = bench(store, {
    say: () => new Promise((resolve) => answers.push(resolve)),
    confirmMs: 50,
  });
  await held.start();
  held.online();
  await until(() => answers.length === 1, 'the first report');
  held.take(desire(1, 'red'));
  await until(() => held.inForce.version === 1, 'it is applied');
  answers[0]?.();
  await until(() => answers.length === 2, 'the second report');
  assert.equal(store.load()?.confirmed.version, 0);
  answers[1]?.();
  await confirmed(store, 1);
});

test('a newer one that comes during a trial is tried after it', async () => {
  const store = memoryConfiguration();
  const { held, applied, link } = bench(store, { confirmMs: 60_000 });
  await held.start();
  link.isAway = true;
  held.take(desire(1, 'red'));
  held.take(desire(2, 'green'));
  held.take(desire(3, 'blue'));
  await until(() => applied.length === 2, 'the first is applied');
  link.isAway = false;
  held.online();
  await confirmed(store, 3);
  assert.deepEqual(
    applied.map(({ color }) => color),
    ['none', 'red', 'blue'],
  );
});

test('a restart may be a part of the change, a second one is one too many', async () => {
  const store = memoryConfiguration();
  const first = bench(store, { confirmMs: 60_000 });
  await first.held.start();
  first.link.isAway = true;
  first.held.take(desire(1, 'red'));
  await until(() => first.applied.length === 2, 'it is applied');
  const second = bench(store, { confirmMs: 60_000 });
  second.link.isAway = true;
  await second.held.start();
  assert.deepEqual(second.applied, [{ color: 'red' }]);
  assert.equal(store.load()?.tentative?.tries, 2);
  const third = bench(store);
  await third.held.start();
  assert.deepEqual(third.applied, [{ color: 'none' }]);
  third.held.online();
  await until(() => third.reports.length > 0, 'the report');
  const error = 'the device went down before the server could be reached';
  assert.deepEqual(third.reports.at(-1)?.failed, { version: 1, error, reverted: true });
});

test('one that the disk does not take is not applied', async () => {
  const memory = memoryConfiguration();
  const { held, applied, reports } = bench({
    ...memory,
    save() {
      throw new Error('database or disk is full');
    },
  });
  await held.start();
  held.take(desire(1, 'red'));
  await until(() => reports.length === 1, 'the report');
  assert.deepEqual(applied, [{ color: 'none' }]);
  const failed = { version: 1, error: 'could not be kept: database or disk is full', reverted: false };
  assert.deepEqual(reports[0]?.failed, failed);
});

test('what is no configuration is not heard', async () => {
  const { held, applied } = bench();
  await held.start();
  for (const payload of ['', '{}', '{"version":1}', '{"version":1.5,"configuration":{}}', '[]', 'null'])
    held.take(payload);
  assert.equal(applied.length, 1);
});
