import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, test } from 'node:test';
import { until } from '../testing/broker.ts';
import { type Outcome, startFleet } from '../testing/fleet.ts';
import { type FaultName, faultNames } from './faults.ts';
import { truthKey } from './read-truth.ts';

const fleet = await startFleet();
after(() => fleet.stop());

const payloads = ({ said }: Outcome) => said.map((device) => device.map(({ payload }) => payload));
const distinct = (outcome: Outcome) => payloads(outcome).map((device) => [...new Set(device)].sort());

test('a fleet sends what it is told to, numbered and timed, and the truth file knows all of it', async () => {
  const { figures, truth, said, statuses } = await fleet.run(5, { messages: 20, run: 'r', now: () => 1234 });
  assert.deepEqual(
    said.map((device) => device.map(({ message }) => [message?.boot, message?.seq, message?.ts])),
    Array.from({ length: 5 }, (_, index) => Array.from({ length: 20 }, (_, n) => [`r-${index}`, n + 1, 1234])),
  );
  assert.deepEqual([figures.sent, figures.acknowledged, figures.dropped, figures.connected], [100, 100, 0, 0]);
  assert.deepEqual(
    [...truth.sent.values()]
      .map(({ boot, seq, ts, values }) => ({ ts, boot, seq, values }))
      .map((one) => JSON.stringify(one))
      .sort(),
    payloads({ said } as Outcome)
      .flat()
      .sort(),
  );
  assert.deepEqual([...truth.acknowledged].sort(), [...truth.sent.keys()].sort());
  assert.deepEqual(statuses.slice().sort(), [...Array(5).fill('offline'), ...Array(5).fill('online')]);
});

test('the same seed gives the same messages, whatever goes wrong; another seed gives others', async () => {
  const faults: FaultName[] = ['clock-skew', 'duplicates', 'out-of-order', 'stuck-sensor', 'nan'];
  const options = { messages: 60, run: 'r', now: () => 1e12, faults };
  const first = payloads(await fleet.run(10, options));
  assert.deepEqual(payloads(await fleet.run(10, options)), first);
  assert.notDeepEqual(payloads(await fleet.run(10, { ...options, seed: 8 })), first);
});

test('values do not depend on faults of the connection', async () => {
  const options = { messages: 60, run: 'r', now: () => 1e12 };
  const parameters = { disconnect: { everyMs: 50, awayMs: 10 }, burst: { everyMs: 50, outageMs: 20 } };
  const calm = distinct(await fleet.run(10, options));
  assert.deepEqual(
    distinct(await fleet.run(10, { ...options, faults: ['disconnect', 'burst'], faultParameters: parameters })),
    calm,
  );
});

test('with every fault at once, each message arrives and is acknowledged, and nothing arrives that was not sent', async () => {
  const { figures, truth, said } = await fleet.run(20, {
    messages: 150,
    faults: faultNames,
    faultParameters: {
      disconnect: { everyMs: 100, awayMs: 30 },
      'reconnect-storm': { everyMs: 150, awayMs: 20 },
      burst: { everyMs: 150, outageMs: 50 },
    },
  });
  assert.equal(truth.sent.size, 20 * 150);
  assert.deepEqual([...truth.acknowledged].sort(), [...truth.sent.keys()].sort());
  const refused = [...truth.sent.values()].filter((sent) => sent.refused).map(({ raw }) => raw);
  const arrived = said.flat().map(({ message, payload }) => (message ? truthKey(message.boot, message.seq) : payload));
  const known = [...truth.sent].map(([key, { raw }]) => raw ?? key);
  assert.deepEqual([...new Set(arrived)].sort(), known.sort());
  assert.ok(refused.length > 20 && figures.reconnects > 0 && figures.repeated > 100);
});

test('told to stop, it sends no more, waits for its acknowledgements and takes its leave', async () => {
  const abort = new AbortController();
  fleet.broker.holding = true;
  const running = fleet.run(5, { signal: abort.signal });
  await until(() => fleet.broker.arrivals.filter(({ topic }) => topic.endsWith('/telemetry')).length >= 5, 'messages');
  abort.abort();
  setTimeout(fleet.broker.release, 50);
  const { figures, truth, statuses } = await running;
  assert.ok(figures.sent > 0);
  assert.equal(figures.acknowledged, figures.sent);
  assert.equal(truth.acknowledged.size, figures.sent);
  assert.equal(statuses.filter((status) => status === 'offline').length, 5);
});

test('it does not wait for acknowledgements for ever: what is unknown stays unknown in the truth', async () => {
  fleet.broker.holding = true;
  const { figures, truth } = await fleet.run(2, { messages: 3, deadlineMs: 50 });
  fleet.broker.release();
  assert.deepEqual([figures.sent, figures.acknowledged], [6, 0]);
  assert.deepEqual([truth.sent.size, truth.acknowledged.size], [6, 0]);
});

test('it ends after its time, at once when it was told to stop before it began, and says what it did', async () => {
  const lines: string[] = [];
  const { figures } = await fleet.run(3, { durationMs: 200, log: (line) => lines.push(line) });
  assert.ok(figures.sent > 3);
  assert.match(lines.at(-1) ?? '', /^[\d,]+ sent · [\d,]+ acknowledged/);
  assert.equal((await fleet.run(3, { signal: AbortSignal.abort() })).figures.sent, 0);
});

test('refused devices are counted, with the reason', async () => {
  const abort = new AbortController();
  let reason = '';
  const running = fleet.run(3, {
    signal: abort.signal,
    deadlineMs: 0,
    backOff: { firstMs: 60_000, maximumMs: 60_000 },
    onFigures: (figures) => {
      if (figures.refused < 3) return;
      reason = figures.lastReason;
      abort.abort();
    },
  });
  fleet.broker.refusing = true;
  await running;
  assert.equal(reason, 'Connection refused: Not authorized');
});

test('a fleet that makes no sense is refused', async () => {
  await assert.rejects(fleet.run(0), /no device/);
  await assert.rejects(fleet.run(1, { rate: 0 }), /rate/);
  await assert.rejects(fleet.run(1, { faults: ['locusts' as FaultName] }), /No fault is named/);
});

test('a truth that can not be written ends the run', { skip: !existsSync('/dev/full') }, async () => {
  await assert.rejects(fleet.run(2, { truthFile: '/no/such/place' }), { code: 'ENOENT' });
  await assert.rejects(fleet.run(2, { truthFile: '/dev/full' }), { code: 'ENOSPC' });
});
