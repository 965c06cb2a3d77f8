import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePeopleSearch } from './search.ts';

test('an address says what is searched and whether somebody is being added', () => {
  assert.deepEqual(parsePeopleSearch({ q: 'marta', add: 'true' }), { q: 'marta', add: true });
  assert.deepEqual(parsePeopleSearch({ q: '  ', add: 'yes' }), {});
  assert.deepEqual(parsePeopleSearch({ q: 'a'.repeat(101) }), {});
});
