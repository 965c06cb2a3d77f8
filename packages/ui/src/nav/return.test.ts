import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseReturn } from './return.ts';

test('a page of this app is returned to', () => {
  assert.deepEqual(parseReturn({ to: '/fleet?q=a' }), { to: '/fleet?q=a' });
});

test('nothing leads to another site', () => {
  for (const to of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)', 5, undefined]) {
    assert.deepEqual(parseReturn({ to }), {});
  }
});
