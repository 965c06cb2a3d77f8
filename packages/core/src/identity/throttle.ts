import { tooMany } from '../platform/errors.ts';

/** Free attempts before the first wait; each further failure doubles it. */
const FREE_ATTEMPTS = 5;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15 * 60_000;
const FORGET_MS = 60 * 60_000;
const MAXIMUM_ENTRIES = 50_000;

/**
 * Slows down guessing per account **and** address, never an account as a whole: nobody can lock its owner out.
 * Time is the process's own, so a clock that jumps opens nothing.
 */
export interface Throttle {
  /** @throws MusterError `too_many` while the pair must wait */
  check(account: string, address: string): void;
  failed(account: string, address: string): void;
  succeeded(account: string, address: string): void;
}

export function createThrottle(now: () => number = () => performance.now()): Throttle {
  const entries = new Map<string, { failures: number; until: number; at: number }>();

  function forgetOld(): void {
    for (const [key, entry] of entries) {
      if (entries.size < MAXIMUM_ENTRIES && now() - entry.at < FORGET_MS) return;
      entries.delete(key);
    }
  }

  const keyOf = (account: string, address: string) => `${account.toLowerCase()}\0${sourceOf(address)}`;
  return {
    check(account, address) {
      const wait = (entries.get(keyOf(account, address))?.until ?? 0) - now();
      if (wait > 0) throw tooMany('Too many failed attempts. Wait a moment.', Math.ceil(wait / 1000));
    },
    failed(account, address) {
      const key = keyOf(account, address);
      const failures = (entries.get(key)?.failures ?? 0) + 1;
      const wait =
        failures < FREE_ATTEMPTS ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - FREE_ATTEMPTS));
      entries.delete(key);
      entries.set(key, { failures, until: now() + wait, at: now() });
      forgetOld();
    },
    succeeded: (account, address) => entries.delete(keyOf(account, address)),
  };
}

/** One household, one bucket: an IPv6 address counts by its /64, however it is written. */
function sourceOf(address: string): string {
  const plain = address
    .toLowerCase()
    .replace(/%.*$/, '')
    .replace(/^::ffff:(?=\d+\.)/, '');
  if (!plain.includes(':')) return plain;
  const [before = [], after] = plain.split('::').map((part) => part.split(':').filter((group) => group !== ''));
  // `::` stands for the zeros that are missing of eight groups
  const zeros = after ? Math.max(0, 8 - before.length - after.length) : 0;
  const groups = [...before, ...Array.from({ length: zeros }, () => '0'), ...(after ?? [])];
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
