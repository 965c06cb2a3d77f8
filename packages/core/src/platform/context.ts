import type { Permission } from '@muster/contract/permissions';
import type { Transaction } from 'kysely';
import type { DB as Database } from './db/types.ts';
import { forbidden } from './errors.ts';

/** Who acts. */
export type Actor =
  | { kind: 'user'; id: string; name: string }
  | { kind: 'device'; id: string; name: string }
  | { kind: 'system'; id: 'system' | 'cli' | 'setup'; name: string };

/** On whose behalf something happens: every verb takes one. The organization comes from the credential, never from the input. */
export interface Context {
  organizationId: string;
  /** The organization's number: what telemetry tables are partitioned by. */
  organizationNumber: number;
  actor: Actor;
  permissions: ReadonlySet<Permission>;
  requestId: string;
  /** Address of the caller, where there is one. */
  address?: string | undefined;
}

/** A context inside a transaction whose tenant is set: what verbs run in. */
export interface TransactionContext extends Context {
  db: Transaction<Database>;
}

/** @throws MusterError `forbidden` unless the context holds the permission. */
export function requirePermission(ctx: Context, permission: Permission): void {
  if (!ctx.permissions.has(permission)) throw forbidden();
}
