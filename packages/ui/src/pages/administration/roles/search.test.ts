import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRolesSearch } from './search.ts';

test('an address names a role, or none', () => {
  assert.deepEqual(parseRolesSearch({ role: 'industrial.operator' }), { role: 'industrial.operator' });
  assert.deepEqual(parseRolesSearch({ role: '../x' }), {});
  assert.deepEqual(parseRolesSearch({}), {});
});
