import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Message } from '../message.ts';
import type { OutboxEntry } from '../outbox.ts';
import { fixedClock } from '../testing/fixed-clock.ts';
import { mountSmallDisk } from '../testing/small-disk.ts';
import { DurableQueue } from './durable-queue.ts';

const text = 'x'.repeat(400);

function open(directory: string): DurableQueue {
  return new DurableQueue({ file: join(directory, 'queue.sqlite'), deviceId: 'd1', clock: fixedClock('first') });
}

/** Everything that waits, as numbers, and how many are told as lost. */
function drain(queue: DurableQueue): { numbers: number[]; lost: number; reasons: string[] } {
  const numbers: number[] = [];
  const reasons: string[] = [];
  let lost = 0;
  for (let entry: OutboxEntry<Message> | undefined = queue.next(); entry; entry = queue.next()) {
    const { values, data } = JSON.parse(entry.message.payload);
    if (values) numbers.push(values.number);
    else {
      lost += data.count;
      reasons.push(data.reason);
    }
    queue.remove(entry.id);
  }
  return { numbers, lost, reasons };
}

test('on a full disk the newest are kept in order, the oldest go, and the gap is told', (t) => {
  const mounted = mountSmallDisk(4096);
  if (typeof mounted === 'string') return t.skip(mounted);
  using disk = mounted;
  const queue = open(disk.directory);
  const total = 12_000;
  let refused = 0;
  for (let number = 1; number <= total; number++)
    if (!queue.add({ kind: 'telemetry', values: { number, text } })) refused++;
  assert.equal(refused, 0, 'every message was taken');
  queue.close();

  const again = open(disk.directory);
  const { numbers, lost, reasons } = drain(again);
  assert.ok(numbers.length > 2000, `${numbers.length} of a disk of 4 MiB`);
  assert.deepEqual(
    numbers,
    Array.from({ length: numbers.length }, (_, index) => total - numbers.length + 1 + index),
  );
  assert.equal(numbers.length + lost, total);
  assert.ok(reasons.includes('disk_full'));
  again.close();
});

test('when somebody else takes the room, life goes on in what is left, and what could not be kept is told', (t) => {
  const mounted = mountSmallDisk(4096);
  if (typeof mounted === 'string') return t.skip(mounted);
  using disk = mounted;
  const queue = open(disk.directory);
  let number = 0;
  const add = (count: number) => {
    let refused = 0;
    for (let n = 0; n < count; n++)
      if (!queue.add({ kind: 'telemetry', values: { number: ++number, text } })) refused++;
    return refused;
  };
  assert.equal(add(500), 0);
  disk.fill();
  add(2000);
  disk.fill();
  const late = add(2000);
  assert.equal(late, 0, 'it has found a size at which it goes on');
  queue.close();
  const again = open(disk.directory);
  const { numbers, lost } = drain(again);
  assert.equal(numbers.at(-1), number);
  assert.ok(numbers.every((one, index) => index === 0 || one > (numbers[index - 1] ?? 0)));
  assert.equal(numbers.length + lost, number);
  again.close();
});
