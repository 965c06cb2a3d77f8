import type { User } from '@muster/contract/identity';
import { sql, type Transaction } from 'kysely';
import type { Context, Grants } from '../platform/context.ts';
import { type Db, inAuthentication } from '../platform/db/store.ts';
import type { DB as Database } from '../platform/db/types.ts';
import type { Caller } from './caller.ts';
import { passwordRule } from './passwords.ts';

/** A person as signing in sees one. */
export interface Account {
  id: string;
  username: string;
  email: string;
  email_verified: boolean;
  language: string;
  name: string;
  status: string;
  must_change_password: boolean;
  second_factor: boolean;
  /** His organization asks for four kinds of characters. */
  password_classes: boolean;
  /** His organization wants two factors of everybody. */
  second_factor_required: boolean;
  password_hash: string;
  organization_id: string;
  organization_number: number;
  organization_name: string;
  operates: boolean;
  slug: string;
}

const accounts = sql<Account>`
  select u.id, u.username, u.email, u.email_verified_at is not null as email_verified, u.language, u.name, u.status, u.must_change_password, u.password_hash,
    exists (select from second_factors f where f.user_id = u.id and f.confirmed_at is not null) as second_factor, o.id as organization_id, o.number as organization_number,
    o.name as organization_name, o.second_factor_required, o.password_classes, o.operates, o.slug
  from users u join organizations o on o.id = u.organization_id and o.status = 'active'`;

/** Organizations in which one name is looked for: beyond them it needs the organization said. */
const MOST_ACCOUNTS = 20;

/**
 * By user name or mail address. Where several organizations have such a person and none is said, it is the one who signed in on this
 * device before, else the one of the oldest organization: never who has the right password, for that would tell others' passwords.
 */
export function findAccount(
  db: Db,
  { username, organization }: { username: string; organization?: string | undefined },
  isKnown: (id: string) => boolean = () => false,
): Promise<Account | undefined> {
  return inAuthentication(db, async (trx) => {
    const { rows } =
      await sql<Account>`${accounts} join sign_in_names n on n.organization_id = u.organization_id and n.user_id = u.id
      where n.name = lower(${username}) and (${organization ?? null}::text is null or o.slug = ${organization ?? null})
      order by o.number limit ${MOST_ACCOUNTS}`.execute(trx);
    return rows.find(({ id }) => isKnown(id)) ?? rows[0];
  });
}

export async function readAccount(trx: Transaction<Database>, id: string): Promise<Account | undefined> {
  const { rows } = await sql<Account>`${accounts} where u.id = ${id}`.execute(trx);
  return rows[0];
}

/** @param mayNothing he signed in with one factor where two are wanted */
export const viewUser = (row: Account, grants: Grants, mayNothing: boolean): User => ({
  id: row.id,
  username: row.username,
  name: row.name,
  email: row.email,
  emailVerified: row.email_verified,
  permissions: [...grants.keys()],
  mustChangePassword: row.must_change_password,
  mustSetUpSecondFactor: mayNothing,
  passwordRule: passwordRule({ secondFactor: row.second_factor, classes: row.password_classes }),
  organization: {
    id: row.organization_id,
    name: row.organization_name,
    slug: row.slug,
    passwordRule: passwordRule({ secondFactor: false, classes: row.password_classes }),
  },
});

/** On behalf of a person about whose rights nothing is asked: signing in and out. */
export const contextFor = (row: Account, caller: Caller, grants: Grants = new Map()): Context => ({
  organizationId: row.organization_id,
  organizationSlug: row.slug,
  organizationNumber: row.organization_number,
  actor: { kind: 'user', id: row.id, name: row.username },
  grants,
  requestId: caller.requestId,
  address: caller.address,
  userAgent: caller.userAgent.slice(0, LONGEST_USER_AGENT),
});

/** Characters of it that are kept. */
export const LONGEST_USER_AGENT = 300;
