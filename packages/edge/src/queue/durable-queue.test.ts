import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, afterEach, test } from 'node:test';
import type { Message } from '../message.ts';
import type { OutboxEntry } from '../outbox.ts';
import { createRandom } from '../random.ts';
import { fixedClock, NOON } from '../testing/fixed-clock.ts';
import { DurableQueue, type DurableQueueOptions } from './durable-queue.ts';

const place = mkdtempSync(join(tmpdir(), 'muster-queue-'));
after(() => rmSync(place, { recursive: true }));
const open = new Set<DurableQueue>();
afterEach(() => {
  for (const queue of open) queue.close();
  open.clear();
});

let files = 0;
const newFile = () => join(place, `${++files}.sqlite`);

function openQueue(file: string, boot = 'first', more: Partial<DurableQueueOptions> = {}): DurableQueue {
  const queue = new DurableQueue({ file, deviceId: 'd1', clock: fixedClock(boot), ...more });
  open.add(queue);
  return queue;
}
const close = (queue: DurableQueue) => {
  queue.close();
  open.delete(queue);
};
const add = (queue: DurableQueue, ...numbers: number[]) => {
  for (const number of numbers) assert.equal(queue.add({ kind: 'telemetry', values: { number } }), true);
};

function takeAll(queue: DurableQueue): OutboxEntry<Message>[] {
  const entries = [];
  for (let entry = queue.next(); entry; entry = queue.next()) entries.push(entry);
  return entries;
}
const said = (entries: OutboxEntry<Message>[]) => entries.map(({ message }) => JSON.parse(message.payload));
const numbers = (entries: OutboxEntry<Message>[]) =>
  said(entries).flatMap(({ values }) => (values ? [values.number as number] : []));
const gaps = (entries: OutboxEntry<Message>[]) =>
  said(entries).flatMap(({ type, data }) => (type === 'queue_gap' ? [data] : []));
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

test('what was taken is there after a restart, in order, and its numbering goes on', () => {
  const file = newFile();
  const first = openQueue(file);
  add(first, 1, 2, 3);
  const [entry] = takeAll(first);
  assert.equal(first.remove(entry?.id ?? 0), true);
  assert.equal(first.remove(entry?.id ?? 0), false);
  assert.equal(first.size, 2);
  close(first);
  const second = openQueue(file);
  add(second, 4);
  const all = takeAll(second);
  assert.deepEqual(numbers(all), [2, 3, 4]);
  assert.deepEqual(
    said(all).map(({ seq }) => seq),
    [2, 3, 4],
  );
  assert.equal(new Set(said(all).map(({ boot }) => boot)).size, 1);
  assert.equal(all[0]?.message.topic, 'devices/d1/telemetry');
  assert.equal(said(all)[0]?.ts, NOON + 1);
});

test('another start of the device numbers anew, under another name', () => {
  const file = newFile();
  const first = openQueue(file);
  add(first, 1);
  const [before] = said(takeAll(first));
  close(first);
  const second = openQueue(file, 'second');
  add(second, 2);
  const last = said(takeAll(second)).at(-1);
  assert.equal(last.seq, 1);
  assert.notEqual(last.boot, before.boot);
});

test('what was on the wire when the connection broke comes again, in order', () => {
  const queue = openQueue(newFile());
  add(queue, ...upTo(5));
  const [, second] = takeAll(queue);
  queue.remove(second?.id ?? 0);
  queue.rewind();
  add(queue, 6);
  assert.deepEqual(numbers(takeAll(queue)), [1, 3, 4, 5, 6]);
});

test('a backlog longer than is read at once comes out whole', () => {
  const queue = openQueue(newFile());
  add(queue, ...upTo(350));
  assert.deepEqual(numbers(takeAll(queue)), upTo(350));
});

test('when full, the oldest go, and an event tells which are missing', () => {
  const file = newFile();
  const queue = openQueue(file, 'first', { maximumBytes: 1500 });
  add(queue, ...upTo(30));
  const held = queue.size;
  assert.ok(held > 5 && held < 15, `${held}`);
  assert.ok(queue.bytes <= 1500);
  assert.equal(queue.dropped, 30 - held);
  close(queue);
  const again = openQueue(file, 'first', { maximumBytes: 1500 });
  const all = takeAll(again);
  assert.deepEqual(numbers(all), upTo(30).slice(-held));
  const expected = { from: new Date(NOON).toISOString(), to: new Date(NOON + 29 - held).toISOString() };
  assert.deepEqual(gaps(all), [{ ...expected, count: 30 - held, reason: 'queue_full' }]);
  assert.equal(all.at(-1)?.message.topic, 'devices/d1/events');
  for (const { id } of all) again.remove(id);
  again.rewind();
  assert.deepEqual(takeAll(again), []);
});

test('a gap that is itself given up before anybody heard of it is told with the next one', () => {
  const queue = openQueue(newFile(), 'first', { maximumBytes: 1500 });
  add(queue, ...upTo(30));
  takeAll(queue);
  queue.rewind();
  add(queue, ...upTo(30));
  const all = takeAll(queue);
  const lost = gaps(all).reduce((sum, { count }) => sum + count, 0);
  assert.equal(numbers(all).length + lost, 60);
});

test('a message that could never fit is refused and told', () => {
  const queue = openQueue(newFile(), 'first', { maximumBytes: 500 });
  assert.equal(queue.add({ kind: 'event', type: 'long', data: { text: 'x'.repeat(1000) } }), false);
  assert.equal(queue.dropped, 1);
  add(queue, 1);
  assert.deepEqual(
    gaps(takeAll(queue)).map(({ count }) => count),
    [1],
  );
});

test('a damaged file is put aside, the gap is told, and life goes on under another name', () => {
  const file = newFile();
  const first = openQueue(file);
  add(first, 1, 2);
  const [before] = said(takeAll(first));
  close(first);
  writeFileSync(file, 'this is no database '.repeat(500));
  const second = openQueue(file);
  add(second, 3);
  const all = takeAll(second);
  assert.deepEqual(numbers(all), [3]);
  assert.deepEqual(gaps(all).length, 1);
  assert.deepEqual([gaps(all)[0].from, gaps(all)[0].count, gaps(all)[0].reason], [null, null, 'damaged']);
  assert.notEqual(said(all)[0].boot, before.boot);
  const names = readdirSync(place).filter((name) => name.startsWith(`${files}.sqlite.damaged-`));
  assert.ok(names.length >= 1);
});

test('a file that is damaged while it is in use is put aside as well', () => {
  const file = newFile();
  const queue = openQueue(file);
  const data = { text: 'x'.repeat(100_000) };
  for (let number = 1; number <= 60; number++) queue.add({ kind: 'event', type: 'long', data });
  // beyond what SQLite keeps in memory
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, Buffer.alloc(5_000_000, 0xee), 0, 5_000_000, 100_000);
  closeSync(descriptor);
  takeAll(queue);
  add(queue, 1);
  const all = takeAll(queue);
  assert.deepEqual(numbers(all), [1]);
  queue.rewind();
  assert.ok(gaps(takeAll(queue)).some(({ reason }) => reason === 'damaged'));
});

test('one message that can not be read any more is given up and told, the others go on', () => {
  const file = newFile();
  const first = openQueue(file);
  add(first, 1, 2, 3);
  close(first);
  const database = new DatabaseSync(file);
  database.exec(`update messages set content = substr(content, 3) where id = 2`);
  database.close();
  const second = openQueue(file);
  const all = [...takeAll(second), ...takeAll(second)];
  assert.deepEqual(numbers(all), [1, 3]);
  assert.deepEqual(
    gaps(all).map(({ count, reason }) => [count, reason]),
    [[1, 'damaged']],
  );
});

test('a second process is kept away', () => {
  const file = newFile();
  const first = openQueue(file);
  add(first, 1);
  assert.throws(() => openQueue(file), /locked/);
});

test('however it is used, every message is on the wire once more, told as lost, or acknowledged', () => {
  const file = newFile();
  let queue = openQueue(file, 'first', { maximumBytes: 4000 });
  const acknowledged = new Set<number>();
  const wire: OutboxEntry<Message>[] = [];
  const draw = createRandom(3);
  let added = 0;
  let lost = 0;
  const acknowledge = (entry: OutboxEntry<Message>) => {
    if (!queue.remove(entry.id)) return;
    const { values, data } = JSON.parse(entry.message.payload);
    if (values) acknowledged.add(values.number);
    else lost += data.count;
  };
  for (let step = 0; step < 1500; step++) {
    const what = draw();
    if (what < 0.6) add(queue, ++added);
    else if (what < 0.8) {
      const entry = queue.next();
      if (entry) wire.push(entry);
    } else if (what < 0.95) {
      const entry = wire.shift();
      if (entry) acknowledge(entry);
    } else if (what < 0.98) {
      queue.rewind();
      wire.length = 0;
    } else {
      close(queue);
      queue = openQueue(file, 'first', { maximumBytes: 4000 });
      wire.length = 0;
    }
    assert.ok(queue.bytes <= 4000 + 3 * 600);
  }
  queue.rewind();
  for (const entry of takeAll(queue)) acknowledge(entry);
  assert.equal(queue.size, 0);
  assert.ok(lost > 50 && acknowledged.size > 50, `${lost} ${acknowledged.size}`);
  assert.equal(acknowledged.size + lost, added);
});
