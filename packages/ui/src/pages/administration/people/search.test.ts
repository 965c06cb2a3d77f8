import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePeopleSearch } from './search.ts';

test('an address says what is searched and whether somebody is being added or invited', () => {
  assert.deepEqual(parsePeopleSearch({ q: 'marta', add: 'true' }), { q: 'marta', add: true });
  assert.deepEqual(parsePeopleSearch({ invite: 'true' }), { invite: true });
  assert.deepEqual(parsePeopleSearch({ q: '  ', add: 'yes', invite: '1' }), {});
  assert.deepEqual(parsePeopleSearch({ q: 'a'.repeat(101) }), {});
});
