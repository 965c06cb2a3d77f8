import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base32, codeAt, createSeed, findStep, otpauthUri, stepAt } from './totp.ts';

/** RFC 6238 appendix B, SHA-1, the last six of its eight digits. */
const seed = Buffer.from('12345678901234567890');
const vectors: [seconds: number, code: string][] = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
];

test('codes are those of RFC 6238', () => {
  for (const [seconds, code] of vectors) assert.equal(codeAt(seed, stepAt(seconds * 1000)), code);
});

test('a code is good for its step and one beside it, and once', () => {
  const now = 1_234_567_890_000;
  const step = stepAt(now);
  for (const near of [-1, 0, 1]) assert.equal(findStep(seed, codeAt(seed, step + near), now, 0), step + near);
  for (const far of [-2, 2]) assert.equal(findStep(seed, codeAt(seed, step + far), now, 0), undefined);
  assert.equal(findStep(seed, '005924', now, step), undefined, 'it was used');
  assert.equal(findStep(seed, '005 924', now, step - 1), step, 'as authenticators show it');
  for (const wrong of ['', '00592', '0059244', 'abcdef', '5924', '٠٠٥٩٢٤']) {
    assert.equal(findStep(seed, wrong, now, 0), undefined, wrong);
  }
});

test('the seed reaches the authenticator as base32 in an otpauth address', () => {
  assert.equal(base32(Buffer.from('foobar')), 'MZXW6YTBOI');
  assert.equal(base32(Buffer.from('fooba')), 'MZXW6YTB');
  assert.equal(
    otpauthUri(seed, 'ann/o b', 'Muster & Co'),
    'otpauth://totp/Muster%20%26%20Co:ann%2Fo%20b?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Muster%20%26%20Co&algorithm=SHA1&digits=6&period=30',
  );
  assert.equal(createSeed().length, 20);
  assert.notDeepEqual(createSeed(), createSeed());
});
