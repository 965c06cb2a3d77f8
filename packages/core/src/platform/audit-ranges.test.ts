import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createUnrecorded, writeRanges } from './audit-ranges.ts';

test('numbers are named by their ranges, in order', () => {
  assert.equal(writeRanges([7, 3, 2, 4]), '2-4,7');
  assert.equal(writeRanges([1]), '1');
  assert.equal(writeRanges([]), '');
});

test('what was erased and is named by no record is told, the first of it first', () => {
  const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 60 }));
  fc.assert(
    fc.property(numbers, fc.array(numbers), (erased, records) => {
      const unrecorded = createUnrecorded();
      for (const number of erased.toSorted((one, other) => one - other)) unrecorded.add(number);
      for (const record of records) unrecorded.settle(writeRanges(record));
      const named = new Set(records.flat());
      const left = erased.filter((number) => !named.has(number));
      assert.equal(unrecorded.first(), left.length > 0 ? Math.min(...left) : undefined);
    }),
  );
});

test('what is no record accounts for nothing', () => {
  const unrecorded = createUnrecorded();
  unrecorded.add(2);
  for (const text of ['', 'x', '2-', '-2', '1-3,', '1-3 ', '1-2-3']) unrecorded.settle(text);
  assert.equal(unrecorded.first(), 2);
});
