import { createHash } from 'node:crypto';

/** One entry of the audit trail as the chain sees it: an exported line holds no more and no less. Times are RFC 3339 with milliseconds. */
export interface ChainedEntry {
  organizationId: string;
  /** 1, 2, 3 … in each organization, without a gap. */
  seq: number;
  id: string;
  at: string;
  actorKind: string;
  actorId: string;
  action: string;
  object: string;
  result: 'done' | 'refused';
  requestId: string;
  /** The entries whose personal part this one erased, as `2-4,7`. It says nothing of people and is never erased itself; else it is not there. */
  erases?: string;
  /** What says something about people: it may be erased, the chain stays whole (SEC-L3). null: erased. */
  personal: Personal | null;
  /** Hexadecimal; null: erased with `personal`. */
  salt: string | null;
  /** SHA-256 of salt and `personal`, hexadecimal. */
  commitment: string;
  /** SHA-256 of the entry before and this one, hexadecimal. */
  hash: string;
}

export interface Personal {
  actorName: string;
  address: string | null;
  userAgent: string | null;
  details: unknown;
}

/** Where a chain ends: the number and the hash of its last entry. */
export interface Head {
  seq: number;
  hash: string;
}

/** What comes before the first entry of an organization. */
export const GENESIS = '0'.repeat(64);

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** SHA-256 in hexadecimal. @param salt hexadecimal, secret as long as `personal` is not erased */
export const commitmentOf = (salt: string, { actorName, address, userAgent, details }: Personal): string =>
  sha256(`${salt}\n${canonical({ actorName, address, userAgent, details })}`);

/** SHA-256 in hexadecimal. @param previous hash of the entry before, or `GENESIS` */
export function hashOf(previous: string, entry: Omit<ChainedEntry, 'hash' | 'personal' | 'salt'>): string {
  const { organizationId, seq, id, at, actorKind, actorId, action, object, result, requestId, erases, commitment } =
    entry;
  const who = { actorKind, actorId, action, object, result, requestId };
  // what is undefined is not in the canonical form: most entries erase nothing
  const chained = { organizationId, seq, id, at, ...who, erases, commitment };
  return sha256(`${previous}\n${canonical(chained)}`);
}

/** JSON in the one form of RFC 8785: keys in the order of their UTF-16 units, no spaces, numbers as ECMAScript writes them. */
export function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item ?? null)).join(',')}]`;
  const fields = Object.entries(value).filter(([, item]) => item !== undefined);
  fields.sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${fields.map(([name, item]) => `${JSON.stringify(name)}:${canonical(item)}`).join(',')}}`;
}
