import { codeAt, stepAt } from '@muster/core/identity/second-factor/totp';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A person's phone: shows the codes of a seed. */
export interface Authenticator {
  seed: Buffer;
  /** The code of so many steps of 30 seconds from now: -1, 0 and 1 are good, each once and in this order. */
  code(step: -1 | 0 | 1): string;
}

/** @param secret the seed in base32, as it is typed where no camera is */
export function createAuthenticator(secret: string): Authenticator {
  const bits = [...secret].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const seed = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  return { seed, code: (step) => codeAt(seed, stepAt(Date.now()) + step) };
}
