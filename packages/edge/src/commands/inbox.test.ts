import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Database } from '../disk/database.ts';
import type { Message } from '../message.ts';
import { until } from '../testing/broker.ts';
import { commandSchema, diskCommands } from './disk-store.ts';
import { type CommandHandler, CommandInbox, type InboxOptions } from './inbox.ts';
import { type CommandStore, memoryCommands } from './store.ts';

const place = mkdtempSync(join(tmpdir(), 'muster-inbox-'));
after(() => rmSync(place, { recursive: true }));

const DAY = 86_400_000;
let files = 0;
const stores: Record<string, () => CommandStore & Partial<Disposable>> = {
  memory: memoryCommands,
  disk: () => {
    const database = new Database({ file: join(place, `${++files}.sqlite`), schema: commandSchema });
    return { ...diskCommands(database), [Symbol.dispose]: () => database.close() };
  },
};

interface Bench {
  inbox: CommandInbox;
  /** What the server heard: id and answer. */
  told: [string, { state: string; result?: unknown; error?: string }][];
  ran: unknown[];
  state: { isAway: boolean; now: number };
}

function bench(
  store: CommandStore,
  handlers: Record<string, CommandHandler> = {},
  more: Partial<InboxOptions> = {},
): Bench {
  const told: Bench['told'] = [];
  const ran: unknown[] = [];
  const state = { isAway: false, now: 1000 };
  const own: Record<string, CommandHandler> = {
    note: {
      isIdempotent: false,
      run: (params) => {
        ran.push(params);
        return { noted: params };
      },
    },
    break: {
      isIdempotent: false,
      run: () => {
        throw new Error('the motor does not turn');
      },
    },
    ...handlers,
  };
  const inbox = new CommandInbox({
    deviceId: 'd1',
    store,
    handlerOf: (name) => (Object.hasOwn(own, name) ? own[name] : undefined),
    say: async ({ topic, payload }: Message) => {
      if (state.isAway) throw new Error('away');
      told.push([topic.split('/')[3] as string, JSON.parse(payload)]);
    },
    now: () => ({ ts: state.now, certain: true }),
    ...more,
  });
  return { inbox, told, ran, state };
}

const note = (number: number, more: object = {}) => JSON.stringify({ name: 'note', params: { number }, ...more });
const done = ({ told }: Bench, count: number) =>
  until(() => told.filter(([, { state }]) => state !== 'acknowledged').length === count, `${count} outcomes`);

for (const [where, make] of Object.entries(stores)) {
  test(`in ${where}: a command is acknowledged, run, and its result told`, async () => {
    const own = bench(make());
    own.inbox.start();
    own.inbox.take('c1', note(1));
    await done(own, 1);
    assert.deepEqual(own.told, [
      ['c1', { state: 'acknowledged' }],
      ['c1', { state: 'succeeded', result: { noted: { number: 1 } } }],
    ]);
  });

  test(`in ${where}: commands run one after the other in the order in which they came`, async () => {
    let running = 0;
    const order: unknown[] = [];
    const slow: CommandHandler = {
      isIdempotent: false,
      run: async (params) => {
        assert.equal(++running, 1);
        await new Promise((resolve) => setTimeout(resolve, 2));
        order.push(params);
        running--;
      },
    };
    const own = bench(make(), { slow });
    own.inbox.start();
    for (let number = 1; number <= 5; number++)
      own.inbox.take(`c${number}`, JSON.stringify({ name: 'slow', params: number }));
    await done(own, 5);
    assert.deepEqual(order, [1, 2, 3, 4, 5]);
  });

  test(`in ${where}: a command that comes twice runs once, and its last result is told again`, async () => {
    const own = bench(make());
    own.inbox.start();
    own.inbox.take('c1', note(1));
    own.inbox.take('c1', note(1));
    await done(own, 1);
    own.inbox.take('c1', note(1));
    await done(own, 2);
    assert.deepEqual(own.ran, [{ number: 1 }]);
    assert.deepEqual(own.told.at(-1), ['c1', { state: 'succeeded', result: { noted: { number: 1 } } }]);
  });

  test(`in ${where}: what is expired, unknown, broken or malformed fails, and says why`, async () => {
    const own = bench(make());
    own.state.now = Date.UTC(2026, 0, 1);
    own.inbox.start();
    own.inbox.take('late', note(1, { expiresAt: '2025-12-31T23:59:59.000Z' }));
    own.inbox.take('in-time', note(2, { expiresAt: '2026-01-01T00:00:01.000Z' }));
    own.inbox.take('unknown', JSON.stringify({ name: 'toString', params: {} }));
    own.inbox.take('broken', JSON.stringify({ name: 'break' }));
    own.inbox.take('malformed', 'no JSON');
    await done(own, 5);
    const outcomes = Object.fromEntries(own.told.filter(([, { state }]) => state !== 'acknowledged'));
    assert.deepEqual(outcomes, {
      late: { state: 'failed', error: 'expired' },
      'in-time': { state: 'succeeded', result: { noted: { number: 2 } } },
      unknown: { state: 'failed', error: 'unknown command' },
      broken: { state: 'failed', error: 'the motor does not turn' },
      malformed: { state: 'failed', error: 'malformed command' },
    });
    assert.deepEqual(own.ran, [{ number: 2 }]);
  });

  test(`in ${where}: outcomes wait for the connection, each is told once`, async () => {
    const own = bench(make());
    own.state.isAway = true;
    own.inbox.start();
    own.inbox.take('c1', note(1));
    own.inbox.take('c2', note(2));
    await until(() => own.ran.length === 2, 'both have run');
    own.state.isAway = false;
    own.inbox.online();
    await done(own, 2);
    own.inbox.online();
    assert.deepEqual(
      own.told.map(([id, { state }]) => `${id} ${state}`),
      ['c1 acknowledged', 'c1 succeeded', 'c2 acknowledged', 'c2 succeeded'],
    );
  });

  test(`in ${where}: what ran when the process ended is run again only where that does no harm`, async () => {
    const store = make();
    const hang: CommandHandler = { isIdempotent: false, run: () => new Promise(() => undefined) };
    const first = bench(store, { hang });
    first.inbox.start();
    first.inbox.take('hangs', JSON.stringify({ name: 'hang' }));
    first.inbox.take('waits', note(1));
    await until(() => store.find('hangs')?.stage === 'running', 'it runs');
    const second = bench(store, { hang });
    second.inbox.start();
    await done(second, 2);
    const outcomes = second.told.filter(([, { state }]) => state !== 'acknowledged');
    assert.deepEqual(outcomes, [
      ['hangs', { state: 'failed', error: 'interrupted: whether it took effect is not known' }],
      ['waits', { state: 'succeeded', result: { noted: { number: 1 } } }],
    ]);

    const other = make();
    const third = bench(other, { hang: { ...hang, isIdempotent: true } });
    third.inbox.start();
    third.inbox.take('again', JSON.stringify({ name: 'hang' }));
    await until(() => other.find('again')?.stage === 'running', 'it runs');
    const fourth = bench(other, { hang: { isIdempotent: true, run: () => 'twice' } });
    fourth.inbox.start();
    await done(fourth, 1);
    assert.deepEqual(fourth.told.at(-1), ['again', { state: 'succeeded', result: 'twice' }]);
  });

  test(`in ${where}: commands are remembered for 30 days, and ten thousand of them`, async () => {
    const store = make();
    const own = bench(store);
    own.inbox.start();
    own.inbox.take('old', note(1));
    await done(own, 1);
    own.state.now += 31 * DAY;
    own.inbox.take('new', note(2));
    await done(own, 2);
    assert.equal(store.find('old'), undefined);
    const settled = { name: 'note', params: {}, expiresAt: null, takenAt: own.state.now, outcome: null } as const;
    if (where === 'disk') return;
    for (let number = 0; number < 10_000; number++)
      store.add({ ...settled, id: `n${number}`, stage: 'done', told: 'outcome' });
    own.inbox.take('one-more', note(3));
    await done(own, 3);
    assert.equal(store.find('new'), undefined);
    assert.ok(store.find('n9999'));
  });
}

test('while nobody knows the time, nothing that expires is run', async () => {
  const known = Promise.withResolvers<void>();
  const own = bench(memoryCommands(), {}, { timeKnown: () => known.promise });
  own.inbox.start();
  own.inbox.take('c1', note(1, { expiresAt: 5000 }));
  await until(() => own.told.length === 1, 'it is acknowledged');
  assert.deepEqual(own.ran, []);
  own.state.now = 6000;
  known.resolve();
  await done(own, 1);
  assert.deepEqual(own.told.at(-1), ['c1', { state: 'failed', error: 'expired' }]);
});

test('a command that the disk does not take is not run', async () => {
  const store = memoryCommands();
  const own = bench({
    ...store,
    add() {
      throw new Error('database or disk is full');
    },
  });
  own.inbox.start();
  own.inbox.take('c1', note(1));
  await done(own, 1);
  assert.deepEqual(own.told, [['c1', { state: 'failed', error: 'not taken: database or disk is full' }]]);
  assert.deepEqual(own.ran, []);
});
