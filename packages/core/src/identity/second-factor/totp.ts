import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** RFC 6238 with the values that every authenticator takes: HMAC-SHA-1, steps of 30 seconds, six digits. */
const STEP_MS = 30_000;
const DIGITS = 6;
/** RFC 4226 R6: 160 bits. */
const SEED_BYTES = 20;
/** A clock may be one step off, either way (RFC 6238 5.2). */
const DRIFT_STEPS = 1;

export const createSeed = (): Buffer => randomBytes(SEED_BYTES);

/** @param ms since 1970 */
export const stepAt = (ms: number): number => Math.floor(ms / STEP_MS);

/** The code of one step, with its leading zeros (RFC 4226 5.3). */
export function codeAt(seed: Buffer, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', seed).update(counter).digest();
  const offset = (mac.at(-1) as number) & 15;
  const number = (mac.readUInt32BE(offset) & 0x7fff_ffff) % 10 ** DIGITS;
  return String(number).padStart(DIGITS, '0');
}

/**
 * The step whose code this is: now's, or one that the clock may be off. A code is good once, so steps up to `lastStep` are not
 * looked at. undefined: it is no code of now.
 *
 * @param now ms since 1970
 */
export function findStep(seed: Buffer, code: string, now: number, lastStep: number): number | undefined {
  const given = Buffer.from(code.replaceAll(' ', ''));
  let found: number | undefined;
  for (let step = stepAt(now) - DRIFT_STEPS; step <= stepAt(now) + DRIFT_STEPS; step++) {
    const expected = Buffer.from(codeAt(seed, step));
    const same = given.length === expected.length && timingSafeEqual(given, expected);
    if (same && step > lastStep) found ??= step;
  }
  return found;
}

/** What an authenticator reads from the QR code: `otpauth://totp/Muster:name?secret=…`. */
export function otpauthUri(seed: Buffer, account: string, issuer: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  const query = new URLSearchParams({ secret: base32(seed), issuer, algorithm: 'SHA1', digits: '6', period: '30' });
  return `otpauth://totp/${label}?${query.toString().replaceAll('+', '%20')}`;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 4648 base32 without padding. */
export function base32(bytes: Buffer): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(value >>> bits) & 31];
      value &= (1 << bits) - 1;
    }
  }
  return bits > 0 ? text + ALPHABET[(value << (5 - bits)) & 31] : text;
}
