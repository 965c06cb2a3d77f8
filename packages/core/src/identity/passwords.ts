import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { invalid, tooMany } from '../platform/errors.ts';

const derive = promisify(argon2);

/** OWASP ASVS 5.0 appendix C: Argon2id with at least 46 MiB, one pass, one lane. */
const MEMORY_KIB = 47_104;
const PASSES = 1;
const TAG_BYTES = 32;
/** NIST SP 800-63B: at least 15 characters where the password is the only factor; no rules of composition. */
const MINIMUM_LENGTH = 15;
const MAXIMUM_LENGTH = 1024;
/** Hashes at once: they share libuv's four threads with files and DNS, which must not starve. */
const AT_ONCE = 2;
const MAXIMUM_WAITING = 50;

/** @throws MusterError `invalid` with the fault at `path` */
export function checkNewPassword(password: string, context: readonly string[], path: string): void {
  const refuse = (message: string) => invalid('The password is not good enough.', [{ path, message }]);
  const length = [...password].length;
  if (length < MINIMUM_LENGTH) throw refuse(`must have at least ${MINIMUM_LENGTH} characters`);
  if (length > MAXIMUM_LENGTH) throw refuse(`must have at most ${MAXIMUM_LENGTH} characters`);
  const plain = password.toLowerCase();
  if (new Set(plain).size < 5) throw refuse('repeats too few characters');
  if (context.some((word) => word.length >= 4 && plain.replaceAll(word.toLowerCase(), '').length < 6)) {
    throw refuse('is little more than a name that anyone can guess');
  }
}

let running = 0;
const queue: (() => void)[] = [];

/** Runs at most two hashes at once; refuses when too many wait. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) {
    if (queue.length >= MAXIMUM_WAITING) throw tooMany('Too many people sign in at once.', 5);
    await new Promise<void>((resolve) => queue.push(resolve));
  }
  running++;
  try {
    return await work();
  } finally {
    running--;
    queue.shift()?.();
  }
}

const hash = (password: string, nonce: Buffer, memory: number, passes: number) =>
  inTurn(() =>
    derive('argon2id', {
      message: password.normalize('NFC'),
      nonce,
      parallelism: 1,
      tagLength: TAG_BYTES,
      memory,
      passes,
    }),
  );

/** A new hash in PHC form: `$argon2id$v=19$m=…,t=…,p=1$salt$tag`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const tag = await hash(password, salt, MEMORY_KIB, PASSES);
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=1$${encode(salt)}$${encode(tag)}`;
}

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/**
 * Compares in constant time. For an unknown user pass undefined: the same work is done, so that the time tells nothing.
 * A hash of unknown form is a wrong password.
 */
export async function verifyPassword(password: string, stored: string | undefined): Promise<boolean> {
  const match = PHC.exec(stored ?? '');
  const salt = match ? Buffer.from(match[3] as string, 'base64') : Buffer.alloc(16);
  const expected = match ? Buffer.from(match[4] as string, 'base64') : Buffer.alloc(TAG_BYTES);
  const tag = await hash(password, salt, match ? Number(match[1]) : MEMORY_KIB, match ? Number(match[2]) : PASSES);
  return timingSafeEqual(tag, expected) && match !== null;
}

const encode = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
