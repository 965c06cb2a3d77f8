import { sql } from 'kysely';
import type { Context, Grants } from '../../platform/context.ts';
import { type Db, inAuthentication } from '../../platform/db/store.ts';
import { LONGEST_USER_AGENT } from '../account.ts';
import type { Caller } from '../caller.ts';
import type { Registration } from './discover.ts';

/** A provider that people may sign in with, as signing in sees one. */
export interface Provider extends Registration {
  name: string;
  scopes: string[];
  linkByEmail: boolean;
  /** Roles that it reaches no further than, and whose they were; null: he is gone. */
  reach: string[];
  reachOf: string | null;
  createPeople: boolean;
  role: string | null;
  mailDomains: string[];
  trustsSecondFactor: boolean;
  organizationId: string;
  organizationNumber: number;
  organizationSlug: string;
  /** Its organization is the one that the installation was set up with. */
  operates: boolean;
}

const providers = sql<Provider>`
  select p.id, p.name, p.issuer, p.client_id as "clientId", p.client_secret as "clientSecret", p.scopes, p.link_by_email as "linkByEmail", p.reach, p.reach_of as "reachOf",
    p.create_people as "createPeople", p.role, p.mail_domains as "mailDomains", p.trusts_second_factor as "trustsSecondFactor",
    o.id as "organizationId", o.number as "organizationNumber", o.slug as "organizationSlug", o.operates
  from identity_providers p join organizations o on o.id = p.organization_id and o.status = 'active' where p.enabled`;

/** undefined: there is none of this id, or it is switched off. */
export const findProvider = (db: Db, id: string): Promise<Provider | undefined> =>
  inAuthentication(db, async (trx) => {
    const { rows } = await sql<Provider>`${providers} and p.id = ${id}`.execute(trx);
    return rows[0];
  });

/** What anybody may know: the names of those that an organization lets people sign in with, by name. */
export const listEnabled = (db: Db, organization: string | undefined): Promise<{ id: string; name: string }[]> =>
  inAuthentication(db, async (trx) => {
    const { rows } = await sql<{ id: string; name: string }>`
      select p.id, p.name from identity_providers p join organizations o on o.id = p.organization_id and o.status = 'active'
      where p.enabled and ${organization === undefined ? sql`o.operates` : sql`o.slug = ${organization}`}
      order by p.name, p.id`.execute(trx);
    return rows;
  });

/** On behalf of a provider: before it is known who comes. */
export const contextOfProvider = (provider: Provider, caller: Caller, grants: Grants = new Map()): Context => ({
  organizationId: provider.organizationId,
  organizationSlug: provider.organizationSlug,
  organizationNumber: provider.organizationNumber,
  actor: { kind: 'system', id: 'system', name: provider.name },
  grants,
  requestId: caller.requestId,
  address: caller.address,
  userAgent: caller.userAgent.slice(0, LONGEST_USER_AGENT),
});
