import type { Permission } from '@muster/contract/permissions';
import type { Transaction } from 'kysely';
import type { BusMessage } from './bus-message.ts';
import type { DB as Database } from './db/types.ts';
import { forbidden, MusterError } from './errors.ts';
import { newId } from './uuid.ts';

/** Who acts. */
export type Actor =
  | { kind: 'user'; id: string; name: string }
  | { kind: 'api-key'; id: string; name: string }
  | { kind: 'enrollment-token'; id: string; name: string }
  | { kind: 'device'; id: string; name: string }
  | { kind: 'system'; id: 'system' | 'cli' | 'setup'; name: string };

/** Where a permission holds: in the whole organization, or in these places (all below them named too) and for these devices. */
export type Scope = 'everywhere' | { places: readonly string[]; devices: readonly number[] };

/** What somebody may, and where. */
export type Grants = ReadonlyMap<Permission, Scope>;

/** On whose behalf something happens: every verb takes one. The organization comes from the credential, never from the input. */
export interface Context {
  organizationId: string;
  /** Its name in addresses and in MQTT user names. */
  organizationSlug: string;
  /** The organization's number: what telemetry tables are partitioned by. */
  organizationNumber: number;
  actor: Actor;
  grants: Grants;
  requestId: string;
  /** Address of the caller, where there is one. */
  address?: string | undefined;
  /** When a person last proved who he is, ms since 1970; nothing for who has a credential of his own in each call. */
  provedAt?: number | undefined;
  /** What the caller's program calls itself, shortened. */
  userAgent?: string | undefined;
}

/** A context inside a transaction whose tenant and scope are set: what verbs run in. */
export interface TransactionContext extends Context {
  db: Transaction<Database>;
  /** What is told when the transaction has committed: `tell` in bus.ts. */
  told: BusMessage[];
}

/** On behalf of nobody: the server itself, about whose rights nothing is asked. */
export const systemContext = (organization: { id: string; number: number; slug: string }): Context => ({
  organizationId: organization.id,
  organizationNumber: organization.number,
  organizationSlug: organization.slug,
  actor: { kind: 'system', id: 'system', name: 'system' },
  grants: new Map(),
  requestId: newId(),
});

/** @throws MusterError `forbidden` unless the context holds the permission somewhere; answers where. */
export function requirePermission(ctx: Context, permission: Permission): Scope {
  const scope = ctx.grants.get(permission);
  if (scope === undefined) throw forbidden();
  return scope;
}

/** So long after his sign-in a person may do what asks for one (ASVS 7.5.1, RFC 9470). */
export const STEP_UP_SECONDS = 15 * 60;

/** @throws MusterError `step_up` for a person who signed in longer ago than that */
export function requireRecentProof({ provedAt }: Context): void {
  if (provedAt === undefined || Date.now() - provedAt <= STEP_UP_SECONDS * 1000) return;
  throw new MusterError('step_up', 'Sign in again to do this: your last sign-in is a while ago.');
}

/** The same permissions in the whole organization. */
export const grantEverywhere = (permissions: Iterable<Permission>): Grants =>
  new Map(Array.from(permissions, (permission) => [permission, 'everywhere']));
