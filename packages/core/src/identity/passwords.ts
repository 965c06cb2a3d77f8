import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { FaultCode, PasswordRule } from '@muster/contract/schema';
import { type Algorithm, hashRaw } from '@node-rs/argon2';
import { invalid, tooMany } from '../platform/errors.ts';
import { createTurns } from '../platform/turns.ts';
import { isCommon } from './common-passwords.ts';

/** OWASP ASVS 5.0 appendix C: Argon2id with at least 46 MiB, one pass, one lane. */
const MEMORY_KIB = 47_104;
const PASSES = 1;
const TAG_BYTES = 32;
const ARGON2ID: Algorithm = 2;
/** NIST SP 800-63B-4 3.1.1: 15 characters where the password is the only factor, 8 beside a second one. */
const LENGTH_ALONE = 15;
const LENGTH_BESIDE_FACTOR = 8;
/** With the rule of four kinds of characters, which nobody has by default. */
const LENGTH_OF_CLASSES = 12;
const MAXIMUM_LENGTH = 1024;
/** Hashes at once: they share libuv's four threads with files and DNS, which must not starve. */
const AT_ONCE = 2;
const MAXIMUM_WAITING = 50;

/** What is known of who chooses a password. */
export interface PasswordRules {
  /** Words that anyone can guess of him: his name, his organization. */
  words: readonly string[];
  /** He has a second factor. */
  secondFactor?: boolean;
  /** His organization asks for letters of both cases, digits and signs. */
  classes?: boolean;
}

/** Beside the rule of four kinds of characters a second factor allows nothing shorter. */
export const passwordRule = ({ secondFactor, classes }: { secondFactor: boolean; classes: boolean }): PasswordRule => {
  if (classes) return { least: LENGTH_OF_CLASSES, classes };
  return { least: secondFactor ? LENGTH_BESIDE_FACTOR : LENGTH_ALONE, classes };
};

const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{L}\p{Nd}]/u];

/**
 * Any character counts, spaces too, and nothing is cut off.
 * @returns whether it is too short to do without the second factor
 * @throws MusterError `invalid` with the fault at `path`
 */
export async function checkNewPassword(password: string, rules: PasswordRules, path: string): Promise<boolean> {
  const refuse = (code: FaultCode, message: string, params?: Record<string, number>) =>
    invalid('The password is not good enough.', [{ path, message, code, ...(params && { params }) }]);
  const { words, secondFactor = false, classes = false } = rules;
  const length = [...password].length;
  const { least } = passwordRule({ secondFactor, classes });
  if (length < least) throw refuse('password-short', `must have at least ${least} characters`, { least });
  if (length > MAXIMUM_LENGTH) {
    throw refuse('password-long', `must have at most ${MAXIMUM_LENGTH} characters`, { most: MAXIMUM_LENGTH });
  }
  if (classes && !kinds.every((kind) => kind.test(password))) {
    throw refuse('password-kinds', 'must have small and large letters, digits and signs');
  }
  const plain = password.toLowerCase();
  if (new Set(plain).size < 5) throw refuse('password-repeats', 'repeats too few characters');
  if (words.some((word) => word.length >= 4 && plain.replaceAll(word.toLowerCase(), '').length < 6)) {
    throw refuse('password-name', 'is little more than a name that anyone can guess');
  }
  if (await isCommon(password)) throw refuse('password-common', 'is one of the passwords that are tried first');
  return length < passwordRule({ secondFactor: false, classes }).least;
}

/** In place of a hash, of somebody who signs in elsewhere only: no password is right. */
export const NO_PASSWORD = '';

const inTurn = createTurns(AT_ONCE, {
  most: MAXIMUM_WAITING,
  refusal: () => tooMany('Too many people sign in at once.', 5),
});

const hash = (password: string, salt: Buffer, memoryCost: number, timeCost: number, whose: string) =>
  inTurn(
    () =>
      hashRaw(password.normalize('NFC'), {
        algorithm: ARGON2ID,
        parallelism: 1,
        outputLen: TAG_BYTES,
        memoryCost,
        timeCost,
        salt,
      }),
    whose,
  );

/** A new hash in PHC form: `$argon2id$v=19$m=…,t=…,p=1$salt$tag`. @param whose turn it is: an address, a person */
export async function hashPassword(password: string, whose = ''): Promise<string> {
  const salt = randomBytes(16);
  const tag = await hash(password, salt, MEMORY_KIB, PASSES, whose);
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=1$${encode(salt)}$${encode(tag)}`;
}

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/**
 * Compares in constant time. For an unknown user pass undefined: the same work is done, so that the time tells nothing.
 * A hash of unknown form is a wrong password.
 */
export async function verifyPassword(password: string, stored: string | undefined, whose = ''): Promise<boolean> {
  const match = PHC.exec(stored ?? '');
  const salt = match ? Buffer.from(match[3] as string, 'base64') : Buffer.alloc(16);
  const expected = match ? Buffer.from(match[4] as string, 'base64') : Buffer.alloc(TAG_BYTES);
  const tag = await hash(
    password,
    salt,
    match ? Number(match[1]) : MEMORY_KIB,
    match ? Number(match[2]) : PASSES,
    whose,
  );
  return timingSafeEqual(tag, expected) && match !== null;
}

/** Was it made with weaker parameters than those of today? Then the next sign-in makes it anew. */
export const isOutdated = (stored: string): boolean =>
  !stored.startsWith(`$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=1$`);

const encode = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
