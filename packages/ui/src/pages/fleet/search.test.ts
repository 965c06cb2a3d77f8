import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFleetSearch } from './search.ts';

test('an address is read as it was written', () => {
  const more = { label: 'north', role: 'manager', firmware: '1.2', sort: '-lastSeen' };
  const search = { ...more, q: 'bench', status: 'offline', type: 'generic', selected: 'bench-5', add: 'true' };
  assert.deepEqual(parseFleetSearch(search), { ...search, add: true });
});

test('what makes no sense counts as absent', () => {
  assert.deepEqual(
    parseFleetSearch({
      q: '  ',
      sort: 'name',
      label: '',
      status: 'fine',
      type: 5,
      selected: 'x'.repeat(65),
      add: 'no',
    }),
    {},
  );
});
