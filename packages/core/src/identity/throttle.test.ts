import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { MusterError } from '../platform/errors.ts';
import { createThrottle, type Failures, type Throttle } from './throttle.ts';

let now = 0;
let throttle: Throttle;
beforeEach(() => {
  now = 1_000_000;
  throttle = createThrottle({ now: () => now });
});

/** Seconds that the pair must wait; 0: none. */
function wait(account: string, address: string): number {
  try {
    throttle.check(account, address);
    return 0;
  } catch (error) {
    assert.ok(error instanceof MusterError && error.code === 'too_many');
    return error.retryAfter ?? 0;
  }
}

function fail(account: string, address: string, times: number): void {
  for (let time = 0; time < times; time++) throttle.failed(account, address);
}

test('four wrong passwords cost nothing, and from the fifth on each doubles the wait', () => {
  fail('anna', '192.0.2.1', 4);
  assert.equal(wait('anna', '192.0.2.1'), 0);
  const waits = Array.from({ length: 6 }, () => {
    throttle.failed('anna', '192.0.2.1');
    return wait('anna', '192.0.2.1');
  });
  assert.deepEqual(waits, [1, 2, 4, 8, 16, 32]);
});

test('the wait ends by itself and is never longer than a quarter of an hour', () => {
  fail('anna', '192.0.2.1', 1000);
  assert.equal(wait('anna', '192.0.2.1'), 900);
  now += 899_000;
  assert.equal(wait('anna', '192.0.2.1'), 1);
  now += 1000;
  assert.equal(wait('anna', '192.0.2.1'), 0);
});

/** The same, for an account as a whole. */
async function waitOfAccount(account: string, known = false): Promise<number> {
  try {
    // from where nobody was before, and not judged: it counts for nothing
    await throttle.attempt(account, '203.0.113.9', async () => Promise.reject(new Error('not judged')), { known });
    return 0;
  } catch (error) {
    if (error instanceof Error && error.message === 'not judged') return 0;
    assert.ok(error instanceof MusterError && error.code === 'too_many');
    return error.retryAfter ?? 0;
  }
}

const right = (account: string, address: string) => throttle.attempt(account, address, async () => true);

test('a thousand attempts from elsewhere slow the account down where nobody knows the device, and its own pair never', async () => {
  fail('anna', '192.0.2.1', 1000);
  assert.equal(wait('anna', '198.51.100.7'), 0);
  assert.equal(await waitOfAccount('anna'), 900);
  assert.equal(await waitOfAccount('anna', true), 0);
  assert.equal(await waitOfAccount('ben'), 0);
});

test('a source that tries many accounts is slowed down as a whole, and an own success buys it nothing', async () => {
  for (let account = 0; account < 29; account++) throttle.failed(`account-${account}`, '192.0.2.1');
  assert.equal(wait('another', '192.0.2.1'), 0);
  await right('mallory', '192.0.2.1');
  for (let account = 29; account < 32; account++) throttle.failed(`account-${account}`, '192.0.2.1');
  assert.equal(wait('another', '192.0.2.1'), 4);
  assert.equal(wait('another', '192.0.2.2'), 0);
});

test('what is handed over from before counts on, and no clock makes a wait longer than the longest', () => {
  const kept: Failures[] = [];
  throttle = createThrottle({ now: () => now, onChanged: (failures) => void kept.push(failures) });
  fail('anna', '192.0.2.1', 20);
  now -= 86_400_000;
  throttle = createThrottle({ now: () => now, before: kept });
  assert.equal(wait('anna', '192.0.2.1'), 900);
  now += 86_400_000;
  throttle = createThrottle({ now: () => now, before: kept });
  assert.equal(wait('anna', '192.0.2.1'), 900);
  throttle = createThrottle({ now: () => now + 3_600_001, before: kept });
  assert.equal(wait('anna', '192.0.2.1'), 0, 'after an hour it is forgotten');
});

test('the right password ends the count', async () => {
  fail('anna', '192.0.2.1', 4);
  await right('anna', '192.0.2.1');
  assert.equal(wait('anna', '192.0.2.1'), 0);
  fail('anna', '192.0.2.1', 4);
  assert.equal(wait('anna', '192.0.2.1'), 0);
});

test('attempts at the same moment are as few as one after the other, and those that were not judged count for nothing', async () => {
  let judged = 0;
  let end: () => void = () => undefined;
  const verdict = new Promise<void>((resolve) => {
    end = resolve;
  });
  const guesses = Array.from({ length: 50 }, () =>
    throttle
      .attempt('anna', '192.0.2.1', async () => {
        judged++;
        await verdict;
        return undefined;
      })
      .catch((error) => error),
  );
  end();
  const answers = await Promise.all(guesses);
  assert.equal(judged, 5);
  assert.equal(answers.filter((answer) => answer instanceof MusterError).length, 45);
  assert.ok(wait('anna', '192.0.2.1') > 0);
  for (let n = 0; n < 50; n++) {
    await assert.rejects(
      throttle.attempt('ben', '192.0.2.2', () => Promise.reject(new Error('the store is away'))),
      /away/,
    );
  }
  assert.equal(wait('ben', '192.0.2.2'), 0);
});

test('upper and lower case are one account', () => {
  fail('Anna', '192.0.2.1', 6);
  assert.ok(wait('aNNA', '192.0.2.1') > 0);
});

test('the addresses of one /64, and other ways to write an address, share their count', () => {
  const same: [one: string, other: string][] = [
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff'],
    ['2001:db8::1', '2001:db8::dead:beef:0:1'],
    ['2001:db8::1', '2001:db8:0:0:5::'],
    ['2001:DB8:1:2::1', '2001:db8:1:2::9'],
    ['2001:0db8:0001:0002::1', '2001:db8:1:2::9'],
    ['fe80::1%eth0', 'fe80::2%eth0'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
  ];
  for (const [one, other] of same) {
    throttle = createThrottle({ now: () => now });
    fail('anna', one, 6);
    assert.ok(wait('anna', other) > 0, `${one} and ${other}`);
  }
  const different: [one: string, other: string][] = [
    ['2001:db8:1:2::1', '2001:db8:1:3::1'],
    ['2001:db8::1', '2001:db8:0:1::1'],
    ['192.0.2.1', '192.0.2.2'],
    ['::1', '192.0.2.1'],
  ];
  for (const [one, other] of different) {
    throttle = createThrottle({ now: () => now });
    fail('anna', one, 6);
    assert.equal(wait('anna', other), 0, `${one} and ${other}`);
  }
});

test('an hour without a failure is forgotten, and memory stays bounded however many are tried', () => {
  fail('anna', '192.0.2.1', 20);
  now += 3_600_001;
  throttle.failed('ben', '192.0.2.1');
  throttle.failed('anna', '192.0.2.1');
  assert.equal(wait('anna', '192.0.2.1'), 0);

  fail('first', '192.0.2.1', 20);
  for (let account = 0; account < 60_000; account++)
    throttle.failed(`account-${account}`, `2001:db8:${account.toString(16)}::1`);
  assert.equal(wait('first', '192.0.2.1'), 0, 'the oldest made room');
});

test('whoever tries one token after the other waits; who repeats an old one keeps nobody beside him waiting', () => {
  const isLate = (token: string, address = '192.0.2.1') => {
    try {
      throttle.checkToken(token, address);
      return false;
    } catch {
      return true;
    }
  };
  for (let time = 0; time < 100; time++) {
    if (!isLate('old')) throttle.failedToken('old', '192.0.2.1');
    now += 600;
  }
  assert.ok(isLate('old') && !isLate('fresh'));
  for (let guess = 0; guess < 40 && !isLate(`guess ${guess}`); guess++)
    throttle.failedToken(`guess ${guess}`, '192.0.2.1');
  assert.ok(isLate('fresh') && !isLate('fresh', '192.0.2.2'));
  assert.equal(wait('anna', '192.0.2.1'), 0, 'people sign in');
});
