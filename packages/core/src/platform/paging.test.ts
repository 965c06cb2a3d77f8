import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MusterError } from './errors.ts';
import { page, readCursor, writeCursor } from './paging.ts';

test('a cursor gives its key back, and fits an address as it is', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 3 }), (key) => {
      const cursor = writeCursor(key);
      assert.match(cursor, /^[A-Za-z0-9_-]+$/);
      assert.deepEqual(readCursor(cursor, key.length), key);
    }),
  );
});

test('anything else is refused as malformed, and no cursor is none', () => {
  const wrong = ['', 'x', '!!!', writeCursor(['a', 'b']), Buffer.from('[1]').toString('base64url'), 'bnVsbA', 'e30'];
  for (const cursor of wrong) {
    assert.throws(
      () => readCursor(cursor, 1),
      (error) => error instanceof MusterError && error.code === 'malformed' && error.faults[0]?.path === '/cursor',
      cursor,
    );
  }
  assert.equal(readCursor(undefined, 1), undefined);
});

test('pages cut from one row more than asked follow each other without gap or overlap', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 7 }), (count, limit) => {
      const all = Array.from({ length: count }, (_, index) => `row ${index}`);
      const read: string[] = [];
      let from = 0;
      for (;;) {
        const rows = all.slice(from, from + limit + 1);
        const { items, nextCursor } = page(
          rows,
          limit,
          (row) => row,
          (row) => [row],
        );
        read.push(...items);
        if (nextCursor === null) break;
        from = all.indexOf(readCursor(nextCursor, 1)?.[0] as string) + 1;
      }
      assert.deepEqual(read, all);
    }),
  );
});
