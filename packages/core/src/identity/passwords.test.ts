import assert from 'node:assert/strict';
import { argon2Sync } from 'node:crypto';
import { test } from 'node:test';
import { MusterError } from '../platform/errors.ts';
import { checkNewPassword, hashPassword, verifyPassword } from './passwords.ts';

const good = 'four tests before breakfast';

test('a hash is in PHC form with the parameters that the standard asks for, and opens with its password only', async () => {
  const hash = await hashPassword(good);
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/.exec(hash);
  assert.ok(match, hash);
  assert.ok(Number(match[1]) >= 46 * 1024, 'at least 46 MiB (OWASP ASVS 5.0 appendix C)');
  assert.ok(await verifyPassword(good, hash));
  assert.ok(!(await verifyPassword(`${good} `, hash)));
  assert.ok(!(await verifyPassword('', hash)));
  assert.notEqual(await hashPassword(good), hash, 'each has a salt of its own');
});

test('passwords that differ after the 72nd byte are different, and none is cut', async () => {
  const long = 'ż'.repeat(60);
  const hash = await hashPassword(`${long}a`);
  assert.ok(await verifyPassword(`${long}a`, hash));
  assert.ok(!(await verifyPassword(`${long}b`, hash)));
  assert.ok(!(await verifyPassword(long, hash)));
});

test('the same letters typed as composed and as decomposed characters are one password', async () => {
  const hash = await hashPassword('zażółć gęślą jaźń'.normalize('NFC'));
  assert.ok(await verifyPassword('zażółć gęślą jaźń'.normalize('NFD'), hash));
});

test('a hash of other parameters still opens: raising them locks nobody out', async () => {
  const nonce = Buffer.alloc(16, 7);
  const tag = argon2Sync('argon2id', { message: good, nonce, parallelism: 1, tagLength: 32, memory: 8192, passes: 2 });
  const plain = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
  const old = `$argon2id$v=19$m=8192,t=2,p=1$${plain(nonce)}$${plain(tag)}`;
  assert.ok(await verifyPassword(good, old));
  assert.ok(!(await verifyPassword(`${good}!`, old)));
});

test('no user, and a hash of unknown form, are a wrong password', async () => {
  const broken = [
    undefined,
    '',
    good,
    '$2b$12$KIXQbO0Zl5bq5J6JbQe5Qe0Zl5bq5J6JbQe5QeKIXQbO0Zl5bq5J6',
    '$argon2id$v=19$m=47104,t=1,p=1$c2FsdHNhbHRzYWx0c2Fs$',
    '$argon2i$v=19$m=47104,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$c2FsdHNhbHRzYWx0c2FsdHNhbHRzYWx0c2FsdHNhbHQ',
  ];
  for (const stored of broken) assert.equal(await verifyPassword(good, stored), false, String(stored));
});

test('a new password must be long, and more than a name that anyone can guess', async () => {
  const check = async (password: string) => {
    try {
      await checkNewPassword(password, { words: ['anna', 'nordhaven', 'muster'] }, '/owner/password');
      return 'taken';
    } catch (error) {
      assert.ok(error instanceof MusterError && error.code === 'invalid');
      assert.equal(error.faults[0]?.path, '/owner/password');
      return error.faults[0]?.message;
    }
  };
  for (const taken of [
    good,
    'aaaaabbbbbcccccddddd eeee',
    'żółw żółw jaszczurka',
    '🐢🐢🦎🐍🐊🐸🐢🐢🦎🐍🐊🐸🐢🦎🐍',
    `a b c d e ${'x'.repeat(1000)}`,
    'ALL UPPER CASE LETTERS',
  ]) {
    assert.equal(await check(taken), 'taken', taken);
  }
  assert.match((await check('fourteen chars')) ?? '', /at least 15/);
  assert.match((await check('🐢🦎🐍🐊🐸🐢🦎')) ?? '', /at least 15/, 'characters count, not bytes');
  assert.match((await check('x'.repeat(20))) ?? '', /too few/);
  assert.match((await check('abab abab abab abab')) ?? '', /too few/);
  assert.match((await check('NordhavenNordhaven1')) ?? '', /name/);
  assert.match((await check('muster-muster-muster')) ?? '', /name/);
  assert.match((await check(`${good}${'é'.repeat(1024)}`)) ?? '', /at most 1024/);
});

test('beside a second factor eight characters do, and what is tried first never does', async () => {
  const check = async (password: string, rules: object = {}) => {
    try {
      return await checkNewPassword(password, { words: [], ...rules }, '/password');
    } catch (error) {
      return (error as MusterError).faults[0]?.message;
    }
  };
  assert.equal(await check('gnu leaps', { secondFactor: true }), true, 'too short to be the only factor');
  assert.equal(await check(good, { secondFactor: true }), false);
  assert.match(String(await check('gnu jum', { secondFactor: true })), /at least 8/);
  for (const common of ['password1', 'Princess99!', 'iloveyou', '!!sunshine!!', 'qwertyqwerty', 'baseballbaseball']) {
    assert.match(String(await check(common, { secondFactor: true })), /tried first/, common);
  }
  const classes = { classes: true };
  assert.match(String(await check(good, classes)), /digits and signs/);
  assert.match(String(await check('Short1!', classes)), /at least 12/);
  assert.equal(await check('Twelve-Chars9', classes), false);
});

test('hashing takes turns: beyond fifty that wait, people are asked to come again', async () => {
  const many = await Promise.allSettled(Array.from({ length: 60 }, () => verifyPassword('x', 'unknown')));
  const refused = many.filter((one) => one.status === 'rejected');
  assert.equal(refused.length, 8, 'two run, fifty wait');
  for (const { reason } of refused) {
    assert.ok(reason instanceof MusterError);
    assert.equal(reason.code, 'too_many');
    assert.ok((reason.retryAfter ?? 0) > 0);
  }
});

test('each refusal has a code, and the figure of its rule', async () => {
  const faultOf = async (password: string, rules: object = {}) => {
    const error = await checkNewPassword(password, { words: ['nordhaven'], ...rules }, '/password').catch((one) => one);
    assert.ok(error instanceof MusterError, password);
    const { code, params } = error.faults[0] ?? {};
    return params ? [code, params] : [code];
  };
  assert.deepEqual(await faultOf('fourteen chars'), ['password-short', { least: 15 }]);
  assert.deepEqual(await faultOf('gnu jum', { secondFactor: true }), ['password-short', { least: 8 }]);
  assert.deepEqual(await faultOf('Short1!', { classes: true, secondFactor: true }), ['password-short', { least: 12 }]);
  assert.deepEqual(await faultOf(`${good}${'é'.repeat(1024)}`), ['password-long', { most: 1024 }]);
  assert.deepEqual(await faultOf(good, { classes: true }), ['password-kinds']);
  assert.deepEqual(await faultOf('x'.repeat(20)), ['password-repeats']);
  assert.deepEqual(await faultOf('NordhavenNordhaven1'), ['password-name']);
  assert.deepEqual(await faultOf('baseballbaseball'), ['password-common']);
});
