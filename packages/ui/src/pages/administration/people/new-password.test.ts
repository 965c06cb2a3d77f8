import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isGoodEnough, usualRule } from '../../setup/password.ts';
import { makePassword } from './new-password.ts';

test('a made password is long, readable, and another one each time', () => {
  const made = Array.from({ length: 200 }, () => makePassword(usualRule));
  for (const password of made) assert.match(password, /^(?:[a-km-np-z2-9]{5}-){3}[a-km-np-z2-9]{5}$/);
  assert.equal(new Set(made).size, made.length);
});

test('where four kinds of characters are asked for, each made password has them', () => {
  const rule = { least: 12, classes: true };
  for (const password of Array.from({ length: 2000 }, () => makePassword(rule))) {
    assert.ok(isGoodEnough(password, rule), password);
    assert.match(password, /^[A-NP-Z2-9]{5}(?:-[a-km-np-z2-9]{5}){3}$/);
  }
});
