import { timingSafeEqual } from 'node:crypto';
import type { Secret } from '../platform/secret.ts';

/** People of whom one browser is remembered: a terminal in a hall is used by several. */
const REMEMBERED = 5;
const PURPOSE = 'known device';

/**
 * A browser that somebody signed in with remembers that, in a cookie that says nothing else: an entry for each person, with a MAC.
 * It opens nothing. It only says that what others try from elsewhere need not slow this one down.
 */
export const isKnownDevice = (secret: Secret, cookie: string | undefined, userId: string): boolean =>
  entriesOf(cookie).some((entry) => {
    const [expected, given] = [Buffer.from(entryOf(secret, userId)), Buffer.from(entry)];
    return expected.length === given.length && timingSafeEqual(expected, given);
  });

/** The cookie after a person signed in. */
export function rememberDevice(secret: Secret, cookie: string | undefined, userId: string): string {
  const entry = entryOf(secret, userId);
  return [entry, ...entriesOf(cookie).filter((one) => one !== entry)].slice(0, REMEMBERED).join('.');
}

const entriesOf = (cookie: string | undefined) =>
  (cookie ?? '').split('.').filter((entry) => /^[\w-]{43}$/.test(entry));

const entryOf = (secret: Secret, userId: string) => secret.sign(PURPOSE, userId).toString('base64url');
