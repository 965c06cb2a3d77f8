import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkSetup, type SetupInput } from './check.ts';
import { strengthOf } from './password.ts';
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

test('strength grows with length and variety', () => {
  assert.deepEqual(
    ['', 'abc', 'abcdefghijkl', 'aaaaaaaaaaaaaaaaaaaaaaaa', 'abcdefghijklmno', 'seven green valves hum'].map(
      strengthOf,
    ),
    [0, 1, 2, 2, 3, 4],
  );
});
