import { createHash } from 'node:crypto';
import { tooMany } from '../platform/errors.ts';

/** Attempts that cost nothing, before each further failure doubles the wait. */
const FREE = {
  /** One account from one source: people mistype. */
  pair: 5,
  /** One source, whatever the account: a household, an office behind one address. */
  source: 30,
  /** One account from anywhere (NIST SP 800-63B-4 3.2.2: at most 100 in a row). */
  account: 100,
  /** One source that tries enrollment tokens; apart from people, whom a device with an old token must not keep out. */
  tokens: 30,
} as const;
type Kind = keyof typeof FREE;

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15 * 60_000;
const FORGET_MS = 60 * 60_000;
const MAXIMUM_ENTRIES = 50_000;

/** What is kept of failures with one key. */
export interface Failures {
  key: string;
  count: number;
  /** Waits until then, ms since 1970. */
  until: number;
  /** The last one, ms since 1970. */
  at: number;
}

/**
 * Slows down guessing: of an account from a source, of a source whatever it tries, of an account wherever it is tried from. Nobody is
 * locked out for good, and whoever signed in on this device before does not wait for what others try from elsewhere.
 */
export interface Throttle {
  /** @throws MusterError `too_many` while it must wait */
  check(account: string, address: string): void;
  /** Where it is not known yet whose account it is. @throws MusterError `too_many` */
  checkSource(address: string): void;
  failedFrom(address: string): void;
  failed(account: string, address: string): void;
  /**
   * Lets an attempt be judged, and counts it as failed from its beginning: many at once are as few as one after the other. It is taken
   * back when it was right, or was not judged.
   * @param judge answers undefined for a wrong attempt
   * @param known the account's owner signed in on this device before: what others try from elsewhere does not count
   * @throws MusterError `too_many`, or what `judge` throws
   */
  attempt<T>(
    account: string,
    address: string,
    judge: () => Promise<T | undefined>,
    options?: { known?: boolean },
  ): Promise<T | undefined>;
  /** The same for credentials that name no account. @param token its hash @throws MusterError `too_many` */
  checkToken(token: string, address: string): void;
  failedToken(token: string, address: string): void;
}

export interface ThrottleOptions {
  /** ms since 1970 */
  now?: () => number;
  /** What was known before a restart. */
  before?: readonly Failures[];
  /** Something is to be remembered, or forgotten. */
  onChanged?(failures: Failures): void;
}

export function createThrottle({ now = Date.now, before = [], onChanged }: ThrottleOptions = {}): Throttle {
  const entries = new Map<string, Failures>();
  for (const failures of before) {
    // a clock that was set back meanwhile must not make anybody wait longer than the longest wait
    const until = Math.min(failures.until, now() + LONGEST_WAIT_MS);
    if (now() - failures.at < FORGET_MS) entries.set(failures.key, { ...failures, until });
  }

  function forgetOld(): void {
    for (const [key, entry] of entries) {
      if (entries.size < MAXIMUM_ENTRIES && now() - entry.at < FORGET_MS) return;
      entries.delete(key);
    }
  }

  /** @returns what is to be kept of it, where it counts for good */
  function add(kind: Kind, name: string): Failures {
    const key = keyOf(kind, name);
    const known = entries.get(key);
    const count = (known && now() - known.at < FORGET_MS ? known.count : 0) + 1;
    const over = count - FREE[kind];
    const wait = over < 0 ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** over);
    const entry = { key, count, until: now() + wait, at: now() };
    entries.delete(key);
    entries.set(key, entry);
    forgetOld();
    return entry;
  }

  function count(kind: Kind, name: string): void {
    const entry = add(kind, name);
    onChanged?.(entry);
  }

  function takeBack(kind: Kind, name: string): void {
    const entry = entries.get(keyOf(kind, name));
    if (!entry) return;
    entry.count--;
    if (entry.count < FREE[kind]) entry.until = 0;
    if (entry.count === 0) entries.delete(entry.key);
  }

  function remove(kind: Kind, name: string): void {
    const key = keyOf(kind, name);
    const entry = entries.get(key);
    entries.delete(key);
    // of one that counted for its own time only nothing was kept
    if (entry && entry.count > 1) onChanged?.({ key, count: 0, until: 0, at: 0 });
  }

  function refuse(kind: Kind, name: string): void {
    // a clock that jumped back must not lengthen a wait
    const wait = Math.min((entries.get(keyOf(kind, name))?.until ?? 0) - now(), LONGEST_WAIT_MS);
    if (wait > 0) throw tooMany('Too many failed attempts. Wait a moment.', Math.ceil(wait / 1000));
  }

  const pairOf = (account: string, address: string) => `${account.toLowerCase()}\0${sourceOf(address)}`;
  function check(account: string, address: string): void {
    refuse('pair', pairOf(account, address));
    if (address !== '') refuse('source', sourceOf(address));
  }
  const keysOf = (account: string, address: string): [Kind, string][] => [
    ['pair', pairOf(account, address)],
    ...(address === '' ? [] : ([['source', sourceOf(address)]] as [Kind, string][])),
    ['account', account.toLowerCase()],
  ];
  return {
    check,
    failed(account, address) {
      for (const [kind, name] of keysOf(account, address)) count(kind, name);
    },
    async attempt(account, address, judge, { known = false } = {}) {
      check(account, address);
      if (!known) refuse('account', account.toLowerCase());
      const keys = keysOf(account, address);
      const counted = keys.map(([kind, name]) => add(kind, name));
      let result: Awaited<ReturnType<typeof judge>>;
      try {
        result = await judge();
      } catch (error) {
        for (const [kind, name] of keys) takeBack(kind, name);
        throw error;
      }
      if (result === undefined) {
        for (const entry of counted) onChanged?.(entries.get(entry.key) ?? entry);
        return undefined;
      }
      for (const [kind, name] of keys) {
        // of the source no more than this one: an account of one's own must not buy attempts at others
        if (kind === 'source') takeBack(kind, name);
        else remove(kind, name);
      }
      return result;
    },
    checkSource: (address) => refuse('source', sourceOf(address)),
    failedFrom: (address) => count('source', sourceOf(address)),
    checkToken(token, address) {
      refuse('pair', pairOf(token, address));
      refuse('tokens', sourceOf(address));
    },
    failedToken(token, address) {
      // who sends the same old token again and again guesses nothing, and keeps no device beside it waiting
      const isNew = !entries.has(keyOf('pair', pairOf(token, address)));
      count('pair', pairOf(token, address));
      if (isNew) count('tokens', sourceOf(address));
    },
  };
}

/** Neither account names nor addresses are kept. */
const keyOf = (kind: Kind, name: string) => createHash('sha256').update(`${kind}\0${name}`).digest('hex');

/** One household, one bucket: an IPv6 address counts by its /64, however it is written. */
export function sourceOf(address: string): string {
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
