import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makePassword } from './new-password.ts';

test('a made password is long, readable, and another one each time', () => {
  const made = Array.from({ length: 200 }, makePassword);
  for (const password of made) assert.match(password, /^(?:[a-km-np-z2-9]{5}-){3}[a-km-np-z2-9]{5}$/);
  assert.equal(new Set(made).size, made.length);
});
