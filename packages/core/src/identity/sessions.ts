import { createHash, timingSafeEqual } from 'node:crypto';
import type { User } from '@muster/contract/identity';
import { sql, type Transaction } from 'kysely';
import { type AccessCatalogue, addUp, type Held, readHeldRoles, readOwnRoles } from '../access/index.ts';
import { audit } from '../platform/audit.ts';
import type { Context, Grants } from '../platform/context.ts';
import { type Db, inAuthentication, inOrganization } from '../platform/db/store.ts';
import type { DB as Database } from '../platform/db/types.ts';
import { unauthenticated } from '../platform/errors.ts';
import type { Refusals } from '../platform/refusals.ts';
import type { Secret } from '../platform/secret.ts';
import { isId, newId } from '../platform/uuid.ts';
import { verifyPassword } from './passwords.ts';
import type { Throttle } from './throttle.ts';
import type { AccessClaims } from './tokens.ts';

/** Where a request comes from, for throttling, audit and the binding of refresh tokens. */
export interface Caller {
  address: string;
  userAgent: string;
  requestId: string;
}

/** A person with a session. */
export interface SignedIn {
  claims: AccessClaims;
  user: User;
  organizationNumber: number;
  refreshToken: string;
  /** Seconds that the refresh token is good for at most. */
  refreshSeconds: number;
}

/** What a person's call is made on behalf of. */
export type PersonContext = Context & { user: User; sessionId: string };

/** A session ends this long after its sign-in, however busy. */
const SESSION_SECONDS = 12 * 3600;
/** Two tabs that refresh at once are one client: within this time it gets the same successor again. */
const GRACE_MS = 10_000;

export interface Sessions {
  /** @throws MusterError `unauthenticated`, the same for an unknown user and a wrong password; `too_many` */
  signIn(input: { username: string; password: string; organization?: string }, caller: Caller): Promise<SignedIn>;
  /** Rotates a refresh token. A token used twice ends the session. @throws MusterError `unauthenticated` */
  refresh(token: string, caller: Caller): Promise<SignedIn>;
  /** Ends the session of a refresh token; silently when there is none. */
  signOut(token: string, caller: Caller): Promise<void>;
  /** The context of a verified access token. @throws MusterError `unauthenticated` when the session ended */
  contextOf(claims: AccessClaims, caller: Caller): Promise<PersonContext>;
  /** What somebody may was changed: it is looked up again. */
  forget(): void;
}

interface UserRow {
  id: string;
  username: string;
  email: string;
  name: string;
  status: string;
  must_change_password: boolean;
  password_hash: string;
  organization_id: string;
  organization_number: number;
  organization_name: string;
  operates: boolean;
  slug: string;
}

interface Person {
  row: UserRow;
  held: Held;
}

/** Contexts are looked up again after this time: what was taken away stops to work that soon. */
const CONTEXT_MS = 2000;

export function createSessions(
  db: Db,
  secret: Secret,
  throttle: Throttle,
  catalogue: AccessCatalogue,
  refusals: Refusals,
): Sessions {
  const contexts = new Map<string, { at: number } & Person>();

  async function signIn(input: { username: string; password: string; organization?: string }, caller: Caller) {
    const account = `${input.organization ?? ''}/${input.username}`;
    throttle.check(account, caller.address);
    const user = await findUser(db, input.username, input.organization);
    const right = await verifyPassword(input.password, user?.password_hash);
    // who was disabled is answered like somebody unknown
    if (!user || !right || user.status !== 'active') {
      throttle.failed(account, caller.address);
      if (user) await refusals.note(contextFor(user, caller), { action: 'auth.refused', object: `user:${user.id}` });
      throw unauthenticated('The user name or the password is wrong.');
    }
    throttle.succeeded(account, caller.address);
    const id = newId();
    await inOrganization(db, contextFor(user, caller), async (ctx) => {
      await ctx.db
        .insertInto('sessions')
        .values({
          id,
          organization_id: user.organization_id,
          user_id: user.id,
          client: clientOf(caller),
          address: caller.address,
          user_agent: shortened(caller.userAgent),
          expires_at: new Date(Date.now() + SESSION_SECONDS * 1000),
        })
        .execute();
      await ctx.db.updateTable('users').set({ last_sign_in_at: new Date() }).where('id', '=', user.id).execute();
      await audit(ctx, { action: 'auth.signed_in', object: `user:${user.id}`, details: { session: id } });
    });
    const person = await inAuthentication(db, (trx) => withRoles(trx, user));
    return signedIn(person, id, 0, SESSION_SECONDS);
  }

  async function refresh(token: string, caller: Caller): Promise<SignedIn> {
    const { id, counter } = readRefreshToken(secret, token);
    const { person, next, seconds } = await inAuthentication(db, async (trx) => {
      const rotated = await sql<{ user_id: string; left: number }>`
        update sessions set counter = counter + 1, rotated_at = now(), address = ${caller.address}, client = ${clientOf(caller)}
        where id = ${id} and counter = ${counter} and ended_at is null and expires_at > now()
        returning user_id, extract(epoch from expires_at - now())::int as left`.execute(trx);
      const fresh = rotated.rows[0];
      if (fresh) return { person: await readPerson(trx, fresh.user_id), next: counter + 1, seconds: fresh.left };
      const session = await trx.selectFrom('sessions').selectAll().where('id', '=', id).executeTakeFirst();
      if (!session || session.ended_at || session.expires_at < new Date()) throw unauthenticated();
      const sameClient = timingSafeEqual(session.client, clientOf(caller));
      const recent = Date.now() - session.rotated_at.getTime() < GRACE_MS;
      if (session.counter === counter + 1 && recent && sameClient) {
        const left = Math.floor((session.expires_at.getTime() - Date.now()) / 1000);
        return { person: await readPerson(trx, session.user_id), next: session.counter, seconds: left };
      }
      return { person: await readPerson(trx, session.user_id), next: undefined, seconds: 0 };
    });
    if (!person) throw unauthenticated();
    if (next === undefined) {
      await end(id, person.row, caller, 'auth.refresh_reused');
      throw unauthenticated('This session was ended because its token was used twice.');
    }
    return signedIn(person, id, next, seconds);
  }

  async function signOut(token: string, caller: Caller): Promise<void> {
    const { id } = readRefreshToken(secret, token);
    const user = await inAuthentication(db, async (trx) => {
      const session = await trx.selectFrom('sessions').select('user_id').where('id', '=', id).executeTakeFirst();
      return session ? readUser(trx, session.user_id) : undefined;
    });
    if (user) await end(id, user, caller, 'auth.signed_out');
  }

  async function end(id: string, user: UserRow, caller: Caller, action: string): Promise<void> {
    contexts.delete(id);
    await inOrganization(db, contextFor(user, caller), async (ctx) => {
      const ended = await ctx.db
        .updateTable('sessions')
        .set({ ended_at: new Date() })
        .where('id', '=', id)
        .where('ended_at', 'is', null)
        .executeTakeFirst();
      if (ended.numUpdatedRows === 0n) return;
      const result = action === 'auth.refresh_reused' ? 'refused' : 'done';
      await audit(ctx, { action, object: `user:${user.id}`, details: { session: id }, result });
    });
  }

  async function contextOf(claims: AccessClaims, caller: Caller): Promise<PersonContext> {
    const known = contexts.get(claims.sessionId);
    if (known && performance.now() - known.at < CONTEXT_MS && isOf(known.row, claims))
      return contextOfPerson(known, claims.sessionId, caller);
    const person = await inAuthentication(db, async (trx) => {
      const session = await trx
        .selectFrom('sessions')
        .select('user_id')
        .where('id', '=', claims.sessionId)
        .where('user_id', '=', claims.userId)
        .where('ended_at', 'is', null)
        .where('expires_at', '>', new Date())
        .executeTakeFirst();
      return session ? readPerson(trx, session.user_id) : undefined;
    });
    if (!person || !isOf(person.row, claims)) throw unauthenticated('This session has ended.');
    if (contexts.size > 10_000) contexts.clear();
    contexts.set(claims.sessionId, { at: performance.now(), ...person });
    return contextOfPerson(person, claims.sessionId, caller);
  }

  /** An active person with what he may; undefined when there is none of this id any more. */
  async function readPerson(trx: Transaction<Database>, id: string): Promise<Person | undefined> {
    const row = await readUser(trx, id);
    return row?.status === 'active' ? withRoles(trx, row) : undefined;
  }

  async function withRoles(trx: Transaction<Database>, row: UserRow): Promise<Person> {
    // who has a password that somebody else gave him may nothing but change it
    const held = row.must_change_password ? [] : await readHeldRoles(trx, row.organization_id, row.id);
    const own = await readOwnRoles(trx, row.organization_id);
    return { row, held: addUp(held, catalogue, own, row.operates) };
  }

  function signedIn({ row, held }: Person, sessionId: string, counter: number, seconds: number): SignedIn {
    return {
      claims: { userId: row.id, organizationId: row.organization_id, sessionId },
      user: viewUser(row, held.grants),
      organizationNumber: row.organization_number,
      refreshToken: writeRefreshToken(secret, sessionId, counter),
      refreshSeconds: seconds,
    };
  }

  return { signIn, refresh, signOut, contextOf, forget: () => contexts.clear() };
}

/**
 * A refresh token is the session's id, the count of its rotations and a MAC over both. So the successor of a token follows
 * from the token: within the grace time the same one can be answered again without keeping it.
 */
const writeRefreshToken = (secret: Secret, id: string, counter: number) =>
  `${id}.${counter}.${secret.sign('refresh', `${id}.${counter}`).toString('base64url')}`;

function readRefreshToken(secret: Secret, token: string): { id: string; counter: number } {
  const [id = '', count = '', mac = ''] = token.split('.');
  if (!isId(id) || !/^\d{1,9}$/.test(count)) throw unauthenticated();
  const expected = secret.sign('refresh', `${id}.${count}`);
  const given = Buffer.from(mac, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw unauthenticated();
  return { id, counter: Number(count) };
}

const shortened = (userAgent: string) => userAgent.slice(0, 300);
const clientOf = (caller: Caller) => createHash('sha256').update(`${caller.userAgent}\0${caller.address}`).digest();

const usersWithOrganization = sql<UserRow>`
  select u.id, u.username, u.email, u.name, u.status, u.must_change_password, u.password_hash, o.id as organization_id, o.number as organization_number,
    o.name as organization_name, o.operates, o.slug
  from users u join organizations o on o.id = u.organization_id`;

/** By user name or mail address. In several organizations the same name needs the organization said. */
function findUser(db: Db, username: string, organization: string | undefined): Promise<UserRow | undefined> {
  return inAuthentication(db, async (trx) => {
    const { rows } = await sql<UserRow>`${usersWithOrganization}
      where (lower(u.username) = lower(${username}) or lower(u.email) = lower(${username}))
        and (${organization ?? null}::text is null or o.slug = ${organization ?? null}) limit 2`.execute(trx);
    return rows.length === 1 ? rows[0] : undefined;
  });
}

async function readUser(trx: Transaction<Database>, id: string): Promise<UserRow | undefined> {
  const { rows } = await sql<UserRow>`${usersWithOrganization} where u.id = ${id}`.execute(trx);
  return rows[0];
}

const isOf = (row: UserRow, claims: AccessClaims) =>
  row.id === claims.userId && row.organization_id === claims.organizationId;

const viewUser = (row: UserRow, grants: Grants): User => ({
  id: row.id,
  username: row.username,
  name: row.name,
  email: row.email,
  permissions: [...grants.keys()],
  mustChangePassword: row.must_change_password,
  organization: { id: row.organization_id, name: row.organization_name, slug: row.slug },
});

/** On behalf of a person about whose rights nothing is asked: signing in and out. */
const contextFor = (row: UserRow, caller: Caller, grants: Grants = new Map()): Context => ({
  organizationId: row.organization_id,
  organizationNumber: row.organization_number,
  actor: { kind: 'user', id: row.id, name: row.username },
  grants,
  requestId: caller.requestId,
  address: caller.address,
  userAgent: shortened(caller.userAgent),
});

const contextOfPerson = ({ row, held }: Person, sessionId: string, caller: Caller): PersonContext => ({
  ...contextFor(row, caller, held.grants),
  user: viewUser(row, held.grants),
  sessionId,
});
