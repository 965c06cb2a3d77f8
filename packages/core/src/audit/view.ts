import type { AuditEntry } from '@muster/contract/audit';
import type { Selectable } from 'kysely';
import type { ChainedEntry, Personal } from '../platform/audit-chain.ts';
import type { DB } from '../platform/db/types.ts';
import type { Checkpoint } from './signing.ts';

export type EntryRow = Selectable<DB['audit_entries']>;

const personalOf = (row: EntryRow): Personal => ({
  actorName: row.actor_name,
  address: row.address,
  userAgent: row.user_agent,
  details: row.details,
});

/** Nothing is left of what said something about people, and no salt. */
const isErased = (row: EntryRow): boolean =>
  row.seq > 0 &&
  row.salt === null &&
  row.actor_name === '' &&
  row.address === null &&
  row.user_agent === null &&
  Object.keys(row.details as object).length === 0;

/** An entry as lists show it. */
export const viewEntry = (row: EntryRow): AuditEntry => ({
  seq: row.seq,
  id: row.id,
  at: row.at.toISOString(),
  actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
  action: row.action,
  object: row.object,
  result: row.result as AuditEntry['result'],
  details: row.details,
  address: row.address,
  userAgent: row.user_agent,
  requestId: row.request_id,
  erases: row.erases,
  erased: isErased(row),
  hash: row.hash,
});

/** An entry as the chain and the export as NDJSON have it. */
export const chainedEntry = (row: EntryRow): ChainedEntry => ({
  organizationId: row.organization_id,
  seq: row.seq,
  id: row.id,
  at: row.at.toISOString(),
  actorKind: row.actor_kind,
  actorId: row.actor_id,
  action: row.action,
  object: row.object,
  result: row.result as ChainedEntry['result'],
  requestId: row.request_id,
  ...(row.erases === null ? {} : { erases: row.erases }),
  personal: isErased(row) ? null : personalOf(row),
  salt: row.salt,
  commitment: row.commitment ?? '',
  hash: row.hash ?? '',
});

export const viewCheckpoint = (row: Selectable<DB['audit_checkpoints']>): Checkpoint => ({
  organizationId: row.organization_id,
  number: row.number,
  seq: row.seq,
  hash: row.hash,
  at: row.at.toISOString(),
  keyId: row.key_id,
  signature: row.signature,
});
