import type { Assignment } from '@muster/contract/access';
import type { Person } from '@muster/contract/users';
import { sql } from 'kysely';
import type { TransactionContext } from '../../platform/context.ts';
import { notFound } from '../../platform/errors.ts';

export interface PersonRow {
  id: string;
  username: string;
  name: string;
  email: string;
  email_verified: boolean;
  language: string;
  status: Person['status'];
  must_change_password: boolean;
  authenticator: boolean;
  passkeys: number;
  last_sign_in_at: Date | null;
  created_at: Date;
  version: number;
  roles: Assignment[];
}

/** People with the roles they hold, to be followed by a condition on `u`. */
export const people = sql`
  select u.id, u.username, u.name, u.email, u.email_verified_at is not null as email_verified, u.language, u.status, u.must_change_password, u.last_sign_in_at, u.created_at, u.version,
    coalesce((select jsonb_agg(jsonb_build_object('role', a.role, 'placeId', a.place_id, 'deviceId', d.device_id)
        order by a.role, a.place_id, d.device_id)
      from role_assignments a left join devices d on d.number = a.device where a.user_id = u.id), '[]') as roles,
    exists (select from second_factors f where f.user_id = u.id and f.confirmed_at is not null) as authenticator,
    (select count(*)::integer from passkeys k where k.user_id = u.id) as passkeys
  from users u`;

export const viewPerson = (row: PersonRow): Person => ({
  id: row.id,
  username: row.username,
  name: row.name,
  email: row.email,
  emailVerified: row.email_verified,
  status: row.status,
  roles: row.roles,
  mustChangePassword: row.must_change_password,
  secondFactor: { authenticator: row.authenticator, passkeys: row.passkeys },
  lastSignInAt: row.last_sign_in_at?.toISOString() ?? null,
  createdAt: row.created_at.toISOString(),
  version: row.version,
});

/** @throws MusterError `not_found` */
export async function readPersonRow({ db }: TransactionContext, id: string): Promise<PersonRow> {
  const { rows } = await sql<PersonRow>`${people} where u.id = ${id}`.execute(db);
  if (!rows[0]) throw notFound('person');
  return rows[0];
}
