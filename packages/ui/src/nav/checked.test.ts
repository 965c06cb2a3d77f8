import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checked } from './checked.ts';
import { parseReturn } from './return.ts';

test('what a parser does not take is gone, also when the address is laid below its answer', () => {
  const raw = { to: '//evil.example', other: '1' };
  assert.deepEqual({ ...raw, ...checked(parseReturn)(raw) }, { to: undefined, other: undefined });
});

test('what a parser takes stays, and so does what was checked above', () => {
  const raw = { to: '/fleet', place: 'checked above' };
  assert.deepEqual({ ...raw, ...checked(parseReturn, ['place'])(raw) }, { to: '/fleet', place: 'checked above' });
});
