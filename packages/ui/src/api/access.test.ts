import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tokens } from '@muster/contract/identity';
import { createAccess } from './access.ts';
import { ApiError } from './error.ts';

const usual = { least: 15, classes: false };

const tokensOf = (accessToken: string): Tokens => ({
  accessToken,
  expiresIn: 900,
  user: {
    id: '01a1fd5f-0c58-7fff-a90d-d139751e22e5',
    name: '',
    mustChangePassword: false,
    mustSetUpSecondFactor: false,
    username: 'marta',
    email: 'marta@example.com',
    emailVerified: true,
    permissions: [],
    passwordRule: usual,
    organization: {
      id: '01a1fd5f-0c58-7fff-a90d-d139751e22e6',
      name: 'Nordhaven',
      slug: 'nordhaven',
      passwordRule: usual,
    },
  },
});

const setUp = (refresh: () => Promise<Tokens>) => {
  const seen = { asked: 0, ended: 0 };
  const access = createAccess({
    refresh: () => {
      seen.asked++;
      return refresh();
    },
    onEnded: () => seen.ended++,
  });
  return { access, seen };
};

test('all who need a new token at the same time share one renewal', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { access, seen } = setUp(async () => tokensOf('second'));
  access.use(tokensOf('first'));
  const renewed = await Promise.all([access.renew(), access.renew(), access.renew()]);
  assert.deepEqual(
    renewed.map(({ accessToken }) => accessToken),
    ['second', 'second', 'second'],
  );
  assert.equal(seen.asked, 1);
  assert.equal(access.token(), 'second');
});

test('a token is renewed a minute before it ends', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { access, seen } = setUp(async () => tokensOf('second'));
  access.use(tokensOf('first'));
  t.mock.timers.tick(839_000);
  assert.equal(seen.asked, 0);
  t.mock.timers.tick(1000);
  assert.equal(seen.asked, 1);
});

test('a refused renewal ends the session once', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { access, seen } = setUp(async () => {
    throw new ApiError(401, null);
  });
  access.use(tokensOf('first'));
  await assert.rejects(access.renew());
  await assert.rejects(access.renew());
  assert.equal(access.token(), null);
  assert.equal(seen.ended, 1);
});

test('a server that is away for a moment ends nothing and is asked again', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { access, seen } = setUp(async () => {
    throw new ApiError(0, null);
  });
  access.use(tokensOf('first'));
  await assert.rejects(access.renew());
  assert.equal(access.token(), 'first');
  assert.equal(seen.ended, 0);
  t.mock.timers.tick(10_000);
  assert.equal(seen.asked, 2);
});

test('nothing is renewed after signing out', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { access, seen } = setUp(async () => tokensOf('second'));
  access.use(tokensOf('first'));
  access.clear();
  t.mock.timers.tick(1_000_000);
  assert.equal(seen.asked, 0);
  assert.equal(access.token(), null);
});
