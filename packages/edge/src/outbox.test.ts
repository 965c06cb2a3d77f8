import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Message } from './message.ts';
import { memoryOutbox, type Outbox } from './outbox.ts';
import { createRandom } from './random.ts';

/** Ten bytes each, topic included. */
const message = (number: number): Message => ({ topic: 't', payload: String(number).padStart(9, '0') });
const numberOf = ({ payload }: Message) => Number(payload);

function takeAll(outbox: Outbox<Message>) {
  const entries = [];
  for (let entry = outbox.next(); entry; entry = outbox.next()) entries.push(entry);
  return entries;
}

function filled(count: number, maximumBytes?: number) {
  const outbox = memoryOutbox(maximumBytes);
  for (let number = 1; number <= count; number++) outbox.add(message(number));
  return outbox;
}

test('messages come out once, in the order they went in', () => {
  const outbox = filled(3);
  assert.deepEqual(
    takeAll(outbox).map((entry) => numberOf(entry.message)),
    [1, 2, 3],
  );
  assert.equal(outbox.next(), undefined);
  assert.deepEqual([outbox.size, outbox.bytes, outbox.dropped], [3, 30, 0]);
});

test('an acknowledged message is forgotten once', () => {
  const outbox = filled(1);
  const [entry] = takeAll(outbox);
  assert.ok(entry);
  assert.equal(outbox.remove(entry.id), true);
  assert.equal(outbox.remove(entry.id), false);
  assert.deepEqual([outbox.size, outbox.bytes], [0, 0]);
});

test('after a broken connection all that is unacknowledged comes again, in order', () => {
  const outbox = filled(5);
  const [, second] = takeAll(outbox);
  assert.ok(second);
  outbox.remove(second.id);
  outbox.rewind();
  outbox.add(message(6));
  assert.deepEqual(
    takeAll(outbox).map((entry) => numberOf(entry.message)),
    [1, 3, 4, 5, 6],
  );
});

test('when full, the oldest message that is not on the wire goes, and is counted', () => {
  const outbox = filled(5, 50);
  const wired = [outbox.next(), outbox.next()];
  outbox.add(message(6));
  assert.equal(outbox.dropped, 1);
  assert.deepEqual(
    takeAll(outbox).map((entry) => numberOf(entry.message)),
    [4, 5, 6],
  );
  assert.ok(wired.every((entry) => entry && outbox.remove(entry.id)));
});

test('when all of it is on the wire, the oldest goes all the same', () => {
  const outbox = filled(5, 50);
  const [first] = takeAll(outbox);
  outbox.add(message(6));
  assert.equal(outbox.bytes, 50);
  assert.equal(first && outbox.remove(first.id), false);
});

test('a message that could never fit is dropped itself', () => {
  const outbox = filled(2, 20);
  outbox.add({ topic: 't', payload: 'ż'.repeat(10) });
  assert.deepEqual([outbox.size, outbox.dropped], [2, 1]);
});

test('however it is used, it stays within its bytes, loses nothing uncounted and keeps the order', () => {
  const random = createRandom(11);
  const outbox = memoryOutbox(200);
  let added = 0;
  let removed = 0;
  let wire: { id: number; message: Message }[] = [];
  for (let step = 0; step < 20_000; step++) {
    const what = random();
    if (what < 0.45) outbox.add(message(++added));
    else if (what < 0.75) {
      const entry = outbox.next();
      if (entry) wire.push(entry);
    } else if (what < 0.97) {
      const [entry] = wire.splice(Math.floor(random() * wire.length), 1);
      if (entry && outbox.remove(entry.id)) removed++;
    } else {
      outbox.rewind();
      wire = [];
    }
    assert.ok(outbox.bytes <= 200);
    assert.equal(outbox.bytes, outbox.size * 10);
    assert.equal(outbox.size + outbox.dropped + removed, added);
    assert.ok(wire.every((entry, at) => at === 0 || (wire[at - 1]?.id ?? 0) < entry.id));
  }
  assert.ok(removed > 1000 && outbox.dropped > 1000);
});
