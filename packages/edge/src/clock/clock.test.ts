import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Database } from '../disk/database.ts';
import { until } from '../testing/broker.ts';
import { anchorSchema, diskAnchors } from './anchors.ts';
import { type ClockOptions, DeviceClock } from './clock.ts';

const place = mkdtempSync(join(tmpdir(), 'muster-clock-'));
after(() => rmSync(place, { recursive: true }));

const NOON = Date.UTC(2026, 5, 1, 12);
const HOUR = 3_600_000;
let files = 0;

/** A device whose starts and clocks a test sets by hand. */
function device() {
  const file = join(place, `${++files}.sqlite`);
  const state = { at: 0, wall: 0, server: undefined as number | undefined };
  const clocks: DeviceClock[] = [];
  const databases: Database[] = [];
  return {
    state,
    boot(boot: string, more: Partial<ClockOptions> = {}) {
      for (const clock of clocks) clock.stop();
      for (const database of databases.splice(0)) database.close();
      const database = new Database({ file, schema: anchorSchema });
      databases.push(database);
      state.at = 0;
      const clock = new DeviceClock({
        anchors: diskAnchors(database),
        askServer: async () => {
          if (state.server === undefined) throw new Error('away');
          return state.server;
        },
        boot,
        monotonic: () => state.at,
        wall: () => state.wall,
        ...more,
      });
      clocks.push(clock);
      return clock;
    },
    [Symbol.dispose]() {
      for (const clock of clocks) clock.stop();
      for (const database of databases) database.close();
    },
  };
}

test('a device that thinks it is 1970 gives what it measured the time of the server', async () => {
  using own = device();
  const clock = own.boot('first');
  own.state.at = 5000;
  const early = clock.moment();
  assert.deepEqual(clock.timeOf(early), { ts: undefined, certain: false });
  assert.equal(clock.isSettled, false);
  own.state.at = 20_000;
  own.state.server = NOON;
  clock.start();
  await clock.settled();
  // the server tells whole seconds: the middle of the one it told
  assert.deepEqual(clock.timeOf(early), { ts: NOON + 500 - 15_000, certain: true });
  assert.deepEqual(clock.now(), { ts: NOON + 500, certain: true });
});

test('a wall clock that agrees with the server is finer than what the server tells', async () => {
  using own = device();
  own.state.wall = NOON + 873;
  own.state.server = NOON;
  const clock = own.boot('first');
  clock.start();
  await clock.settled();
  assert.equal(clock.now().ts, NOON + 873);
});

test('the anchor outlives the process, and serves messages of an earlier start', async () => {
  using own = device();
  own.state.server = NOON;
  const first = own.boot('first');
  first.start();
  await first.settled();
  own.state.at = 60_000;
  const moment = first.moment();
  own.state.server = undefined;
  const again = own.boot('first');
  assert.equal(again.isAnchored, true);
  const second = own.boot('second');
  assert.equal(second.isAnchored, false);
  assert.deepEqual(second.timeOf(moment), { ts: NOON + 500 + 60_000, certain: true });
});

test('messages of an earlier start that never saw the server are no later than the next start, and uncertain', async () => {
  using own = device();
  const first = own.boot('first');
  own.state.at = 10_000;
  const early = first.moment();
  own.state.at = 40_000;
  const late = first.moment();
  const second = own.boot('second');
  second.noteLength('first', early.at);
  second.noteLength('first', late.at);
  own.state.server = NOON;
  own.state.at = 7000;
  second.start();
  await second.settled();
  const start = NOON + 500 - 7000;
  assert.deepEqual(second.timeOf(late), { ts: start, certain: false });
  assert.deepEqual(second.timeOf(early), { ts: start - 30_000, certain: false });
});

test('a wall clock that may have been right is the best estimate of an earlier start', async () => {
  using own = device();
  const first = own.boot('first');
  own.state.wall = NOON - 2 * HOUR;
  const moment = first.moment();
  own.state.wall = NOON + 999 * HOUR;
  const ahead = first.moment();
  own.state.wall = 0;
  const second = own.boot('second');
  own.state.server = NOON;
  second.start();
  await second.settled();
  assert.deepEqual(second.timeOf(moment), { ts: NOON - 2 * HOUR, certain: false });
  assert.equal(second.timeOf(ahead).ts, NOON + 500, 'what lies ahead is not believed');
});

test('a server that never tells its time is not waited for longer than patience lasts, once connected', async () => {
  using own = device();
  const clock = own.boot('first', { patienceMs: 20 });
  clock.start();
  assert.equal(clock.isSettled, false);
  clock.online();
  await clock.settled();
  assert.deepEqual([clock.isAnchored, clock.isSettled], [false, true]);
  clock.offline();
  assert.equal(clock.isSettled, false);
});

test('a server that is away is asked again', async () => {
  using own = device();
  let asked = 0;
  const clock = own.boot('first', {
    askServer: async () => {
      if (++asked < 2) throw new Error('away');
      return NOON;
    },
  });
  clock.start();
  await until(() => asked === 1, 'the first question');
  clock.online();
  await clock.settled();
  assert.equal(asked, 2);
});
