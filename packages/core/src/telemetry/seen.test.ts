import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { emptySeen, forget, formatSeen, parseSeen, type Seen, see } from './seen.ts';

type Step = { kind: 'see' | 'forget'; number: number };

/** Mostly neighbours, so that intervals grow, meet and split; now and then something far away. */
const number = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 0, max: 60 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }) },
);
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('see' as const, 'see' as const, 'see' as const, 'forget' as const),
  number,
});

const numbersOf = ({ starts, ends }: Seen): number[] =>
  starts.flatMap((start, index) => {
    const end = ends[index] as number;
    return Array.from({ length: end - start + 1 }, (_, offset) => start + offset);
  });

/** In order, none empty, and none touching the next: the shortest form there is. */
function assertTidy({ starts, ends }: Seen): void {
  assert.equal(starts.length, ends.length);
  for (const [index, start] of starts.entries()) {
    assert.ok(start <= (ends[index] as number));
    if (index > 0) assert.ok(start > (ends[index - 1] as number) + 1, `${starts} ${ends}`);
  }
}

test('numbers are seen and forgotten as in a set', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const seen = emptySeen();
      const model = new Set<number>();
      for (const { kind, number } of steps) {
        if (kind === 'see') {
          assert.equal(see(seen, number), !model.has(number));
          model.add(number);
        } else {
          forget(seen, number);
          model.delete(number);
        }
        assertTidy(seen);
      }
      assert.deepEqual(
        numbersOf(seen),
        [...model].sort((one, other) => one - other),
      );
    }),
    { numRuns: 500 },
  );
});

test('the multirange text gives the same numbers back', () => {
  fc.assert(
    fc.property(fc.array(number, { maxLength: 100 }), (numbers) => {
      const seen = emptySeen();
      for (const one of numbers) see(seen, one);
      assert.deepEqual(parseSeen(formatSeen(seen)), seen);
    }),
  );
  assert.equal(formatSeen(emptySeen()), '{}');
  assert.deepEqual(parseSeen('{}'), emptySeen());
});

test('the largest number that a device may send is kept exactly', () => {
  const seen = emptySeen();
  assert.ok(see(seen, Number.MAX_SAFE_INTEGER));
  assert.equal(formatSeen(seen), '{[9007199254740991,9007199254740992)}');
  assert.ok(!see(parseSeen(formatSeen(seen)), Number.MAX_SAFE_INTEGER));
});

test('a device that counts without gaps costs one interval', () => {
  const seen = emptySeen();
  for (let number = 1; number <= 100_000; number++) assert.ok(see(seen, number));
  assert.deepEqual(seen, { starts: [1], ends: [100_000] });
});

test('with more than 1,000 gaps the oldest numbers are forgotten and the newest kept', () => {
  const seen = emptySeen();
  for (let number = 0; number < 4000; number += 2) assert.ok(see(seen, number));
  assert.equal(seen.starts.length, 1000);
  assert.ok(!see(seen, 3998));
  assert.ok(!see(seen, 2000));
  assert.ok(see(seen, 1998), 'forgotten: stored again rather than lost');
});

test('gaps that are filled from behind are bounded too', () => {
  const seen = emptySeen();
  see(seen, 10_000);
  for (let number = 0; number < 9000; number += 2) see(seen, number);
  assert.ok(seen.starts.length <= 1000, `${seen.starts.length} intervals`);
});
