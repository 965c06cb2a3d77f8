import type { ChainedEntry } from '../platform/audit-chain.ts';
import type { Checkpoint, PublicKey } from './signing.ts';

/** The first line of an export as NDJSON. Of a whole one the head is signed: so nothing can be cut off its end. */
export interface ExportHead {
  kind: 'export';
  format: 'muster-audit-1';
  organizationId: string;
  exportedAt: string;
  /** False: entries that a filter let through. They can not be verified, since the chain has gaps. */
  whole: boolean;
  head: { seq: number; hash: string } | null;
  checkpoints: number;
  /** Entries of before the chain. */
  unchained: number;
  keys: PublicKey[];
  keyId: string;
  signature: string;
}

export type TrailItem =
  | ({ kind: 'entry' } & ChainedEntry)
  /** Written before there was a chain. */
  | ({ kind: 'unchained' } & ChainedEntry)
  | ({ kind: 'checkpoint' } & Checkpoint);

/**
 * A line of an export as NDJSON, without its end, in the one form that it has. Verification compares with it: a field more, or one
 * that stands there twice, would say to some reader what nobody wrote.
 */
export function writeLine(item: TrailItem | ExportHead): string {
  switch (item.kind) {
    case 'export':
      return JSON.stringify({
        ...pick(item, ['kind', 'format', 'organizationId', 'exportedAt', 'keys', 'whole', 'head', 'checkpoints']),
        ...pick(item, ['unchained', 'keyId', 'signature']),
        keys: item.keys.map((key) => pick(key, ['keyId', 'publicKey'])),
        head: item.head && pick(item.head, ['seq', 'hash']),
      });
    case 'checkpoint':
      return JSON.stringify(
        pick(item, ['kind', 'organizationId', 'number', 'seq', 'hash', 'at', 'keyId', 'signature']),
      );
    default:
      return JSON.stringify({
        ...pick(item, ['kind', 'organizationId', 'seq', 'id', 'at', 'actorKind', 'actorId', 'action', 'object']),
        ...pick(item, ['result', 'requestId', 'erases', 'personal', 'salt', 'commitment', 'hash']),
        ...(item.personal ? { personal: pick(item.personal, ['actorName', 'address', 'userAgent', 'details']) } : {}),
      });
  }
}

const pick = <T extends object>(from: T, names: (keyof T)[]): object =>
  Object.fromEntries(names.filter((name) => from[name] !== undefined).map((name) => [name, from[name]]));
