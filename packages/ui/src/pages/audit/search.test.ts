import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseAuditSearch } from './search.ts';

test('an address is read, and what makes no sense in it left out', () => {
  const right = {
    q: 'bench',
    area: 'device',
    result: 'refused',
    actor: 'x',
    object: 'device:1',
    from: '2026-11-01',
    to: '2026-11-21',
    seq: '12',
  };
  assert.deepEqual(parseAuditSearch(right), right);
  const wrong = { q: ' ', area: 'moon', result: 'maybe', from: '2026-13-01', to: 'yesterday', seq: 'x', other: '1' };
  assert.deepEqual(parseAuditSearch(wrong), {});
});

test('no address breaks it, and what it answers it reads as the same', () => {
  const names = ['q', 'area', 'result', 'actor', 'object', 'from', 'to', 'seq'];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), fc.anything()), (raw) => {
      const found = parseAuditSearch(raw);
      assert.deepEqual(parseAuditSearch({ ...found }), found);
    }),
  );
});
