import type { User } from '@muster/contract/identity';
import type { Language } from '@muster/contract/schema';
import { sql, type Transaction } from 'kysely';
import type { Context, Grants } from '../platform/context.ts';
import { type Db, inAuthentication } from '../platform/db/store.ts';
import type { DB as Database } from '../platform/db/types.ts';

/** Where a request comes from, for throttling, audit and the binding of refresh tokens. */
export interface Caller {
  address: string;
  userAgent: string;
  requestId: string;
  /** Of the pages he sees; undefined: none that is spoken here. */
  language: Language | undefined;
  /** What the browser remembers of who signed in with it. */
  knownDevices?: string | undefined;
  /** Seconds since the person touched the page that asks; 0 where nobody says. A page asks by itself, too: that is no use of it. */
  idleSeconds: number;
}

/** A person with his organization, as who calls is found out. */
export interface UserRow {
  id: string;
  username: string;
  email: string;
  email_verified: boolean;
  language: string;
  name: string;
  status: string;
  must_change_password: boolean;
  second_factor: boolean;
  password_hash: string;
  organization_id: string;
  organization_number: number;
  organization_name: string;
  operates: boolean;
  slug: string;
}

export const shortened = (userAgent: string) => userAgent.slice(0, 300);

const usersWithOrganization = sql<UserRow>`
  select u.id, u.username, u.email, u.email_verified_at is not null as email_verified, u.language, u.name, u.status, u.must_change_password, u.password_hash,
    exists (select from second_factors f where f.user_id = u.id and f.confirmed_at is not null) as second_factor, o.id as organization_id, o.number as organization_number,
    o.name as organization_name, o.operates, o.slug
  from users u join organizations o on o.id = u.organization_id`;

/** By user name or mail address. In several organizations the same name needs the organization said. */
export function findUser(db: Db, username: string, organization: string | undefined): Promise<UserRow | undefined> {
  return inAuthentication(db, async (trx) => {
    const { rows } = await sql<UserRow>`${usersWithOrganization}
      where (lower(u.username) = lower(${username}) or lower(u.email) = lower(${username}))
        and (${organization ?? null}::text is null or o.slug = ${organization ?? null}) limit 2`.execute(trx);
    return rows.length === 1 ? rows[0] : undefined;
  });
}

export async function readUser(trx: Transaction<Database>, id: string): Promise<UserRow | undefined> {
  const { rows } = await sql<UserRow>`${usersWithOrganization} where u.id = ${id}`.execute(trx);
  return rows[0];
}

export const viewUser = (row: UserRow, grants: Grants): User => ({
  id: row.id,
  username: row.username,
  name: row.name,
  email: row.email,
  emailVerified: row.email_verified,
  permissions: [...grants.keys()],
  mustChangePassword: row.must_change_password,
  organization: { id: row.organization_id, name: row.organization_name, slug: row.slug },
});

/** On behalf of a person about whose rights nothing is asked: signing in and out. */
export const contextFor = (row: UserRow, caller: Caller, grants: Grants = new Map()): Context => ({
  organizationId: row.organization_id,
  organizationSlug: row.slug,
  organizationNumber: row.organization_number,
  actor: { kind: 'user', id: row.id, name: row.username },
  grants,
  requestId: caller.requestId,
  address: caller.address,
  userAgent: shortened(caller.userAgent),
});
