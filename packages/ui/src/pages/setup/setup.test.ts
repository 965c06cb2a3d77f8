import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkSetup, type SetupInput } from './check.ts';
import { isGoodEnough, strengthOf } from './password.ts';
import { slugOf } from './slug.ts';

const right: SetupInput = {
  setupToken: 'ms_x',
  organizationName: 'Nordhaven',
  slug: 'nordhaven',
  username: 'marta',
  email: 'marta@example.com',
  password: 'seven green valves hum',
};

test('a slug is made of a name, accents and all', () => {
  assert.equal(slugOf('Zakłady Łódź Sp. z o.o.'), 'zaklady-lodz-sp-z-o-o');
  assert.equal(slugOf('  --Æ!  '), '');
  assert.equal(slugOf('a'.repeat(80)).length, 63);
});

test('what is right can be sent', () => {
  assert.deepEqual(checkSetup(right), {});
});

test('each field says what is wrong with it', () => {
  assert.deepEqual(
    checkSetup({ setupToken: ' ', organizationName: 'x', slug: 'A b', username: 'a b', email: 'x', password: 'short' }),
    { setupToken: 'required', slug: 'slug', username: 'username', email: 'email', password: 'short' },
  );
  assert.deepEqual(checkSetup({ ...right, password: 'abababababababababab' }), { password: 'repeats' });
});

test('strength grows with length and variety, and says no more than that it is long enough', () => {
  assert.deepEqual(
    ['', 'abc', 'abcdefghijkl', 'aaaaaaaaaaaaaaaaaaaaaaaa', 'abcdefghijklmno', 'seven green valves hum'].map(
      (password) => strengthOf(password),
    ),
    [0, 1, 2, 2, 3, 3],
  );
});

test('a password is as good as its rule asks', () => {
  const beside = { least: 8, classes: false };
  assert.ok(isGoodEnough('gnu leaps', beside));
  assert.ok(!isGoodEnough('gnu jum', beside));
  assert.equal(strengthOf('gnu leaps', beside), 3);
  const classes = { least: 12, classes: true };
  assert.ok(isGoodEnough('Twelve-Chars9', classes));
  assert.ok(!isGoodEnough('seven green valves hum', classes));
  assert.equal(strengthOf('seven green valves hum', classes), 2);
});
