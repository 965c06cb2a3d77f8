import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePlacesSearch } from './search.ts';

test('a search is read as it was written, and what makes no sense counts as absent', () => {
  assert.deepEqual(parsePlacesSearch({ q: 'hall 2' }), { q: 'hall 2' });
  for (const q of ['  ', 5, 'x'.repeat(121), undefined]) assert.deepEqual(parsePlacesSearch({ q }), {});
});
