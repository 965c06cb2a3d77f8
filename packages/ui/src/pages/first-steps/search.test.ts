import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFirstStepsSearch } from './search.ts';

test('an address of the first steps names a step and a device', () => {
  assert.deepEqual(parseFirstStepsSearch({ step: 'device', device: 'bench-5' }), { step: 'device', device: 'bench-5' });
});

test('what makes no sense counts as absent', () => {
  assert.deepEqual(parseFirstStepsSearch({ step: 'dance', device: '../admin' }), {});
  assert.deepEqual(parseFirstStepsSearch({ step: 3, device: ['a'] }), {});
});
