import { createHash, timingSafeEqual } from 'node:crypto';
import type { User } from '@muster/contract/identity';
import { sql, type Transaction } from 'kysely';
import { type AccessCatalogue, addUp, type Held, readHeldRoles, readOwnRoles } from '../access/index.ts';
import { audit } from '../platform/audit.ts';
import type { Context } from '../platform/context.ts';
import { type Db, inAuthentication, inOrganization } from '../platform/db/store.ts';
import type { DB as Database } from '../platform/db/types.ts';
import { unauthenticated } from '../platform/errors.ts';
import type { Refusals } from '../platform/refusals.ts';
import type { Secret } from '../platform/secret.ts';
import { newId } from '../platform/uuid.ts';
import { isKnownDevice } from './known-devices.ts';
import { createLastUse } from './last-use.ts';
import { hashPassword, isOutdated, verifyPassword } from './passwords.ts';
import { readRefreshToken, writeRefreshToken } from './refresh-token.ts';
import { codeAccount, useCode } from './second-factor/use-code.ts';
import type { Throttle } from './throttle.ts';
import type { AccessClaims } from './tokens.ts';
import { type Caller, contextFor, findUser, readUser, shortened, type UserRow, viewUser } from './user-row.ts';

/** What somebody signs in with. */
export interface Credentials {
  username: string;
  password: string;
  /** Of the authenticator, or a backup code. */
  code?: string;
  organization?: string;
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
  signIn(input: Credentials, caller: Caller): Promise<SignedIn>;
  /** Rotates a refresh token. A token used twice ends the session. @throws MusterError `unauthenticated` */
  refresh(token: string, caller: Caller): Promise<SignedIn>;
  /** Ends the session of a refresh token; silently when there is none. */
  signOut(token: string, caller: Caller): Promise<void>;
  /** The context of a verified access token. @throws MusterError `unauthenticated` when the session ended */
  /** @param isUse false: nobody asked for it, an open stream looks whether it may go on */
  contextOf(claims: AccessClaims, caller: Caller, isUse?: boolean): Promise<PersonContext>;
  /** What somebody may was changed: it is looked up again. */
  forget(): void;
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
  const contexts = new Map<string, { at: number; lastUsed: number } & Person>();
  const lastUse = createLastUse(db);

  async function signIn(input: Credentials, caller: Caller) {
    const user = await findUser(db, input.username, input.organization);
    // by whatever name he is called it is one account; a name that nobody has is slowed down in the same way
    const account = user?.id ?? `${input.organization ?? ''}/${input.username}`;
    throttle.check(account, caller.address);
    if (!user || !isKnownDevice(secret, caller.knownDevices, user.id)) throttle.checkAccount(account);
    const right = await verifyPassword(input.password, user?.password_hash);
    // who was disabled is answered like somebody unknown
    if (!user || !right || user.status !== 'active') {
      throttle.failed(account, caller.address);
      // not waited for: that an account is known must not show in the time of the answer
      if (user) void refusals.note(contextFor(user, caller), { action: 'auth.refused', object: `user:${user.id}` });
      throw unauthenticated('The user name or the password is wrong.');
    }
    throttle.succeeded(account, caller.address);
    if (user.second_factor && !input.code) throw codeNeeded();
    // who gets here knows the password: his codes are counted wherever they come from
    if (user.second_factor) throttle.check(codeAccount(user.id), '');
    const freshHash = isOutdated(user.password_hash) ? await hashPassword(input.password) : undefined;
    const id = newId();
    const opened = await inOrganization(db, contextFor(user, caller), async (ctx) => {
      const factor = user.second_factor && (await useCode(ctx, secret, user.id, input.code as string));
      if (factor === undefined) return false;
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
      await ctx.db
        .updateTable('users')
        .set({
          last_sign_in_at: new Date(),
          ...(caller.language ? { language: caller.language } : {}),
          ...(freshHash ? { password_hash: freshHash } : {}),
        })
        .where('id', '=', user.id)
        .execute();
      const details = { session: id, ...(factor ? { factor } : {}) };
      await audit(ctx, { action: 'auth.signed_in', object: `user:${user.id}`, details });
      return true;
    });
    if (!opened) {
      throttle.failed(codeAccount(user.id), '');
      await refusals.note(contextFor(user, caller), {
        action: 'auth.refused',
        object: `user:${user.id}`,
        details: { factor: 'code' },
      });
      throw unauthenticated('The code is wrong.', [{ path: '/code', message: 'is wrong, or was used before' }]);
    }
    if (user.second_factor) throttle.succeeded(codeAccount(user.id), '');
    const person = await inAuthentication(db, (trx) => withRoles(trx, user));
    return signedIn(person, id, 0, SESSION_SECONDS);
  }

  async function refresh(token: string, caller: Caller): Promise<SignedIn> {
    const { id, counter } = readRefreshToken(secret, token);
    const { person, next, seconds, lastUsed } = await inAuthentication(db, async (trx) => {
      const rotated = await sql<{ user_id: string; left: number; last_used_at: Date }>`
        update sessions set counter = counter + 1, rotated_at = now(), address = ${caller.address}, client = ${clientOf(caller)}
        where id = ${id} and counter = ${counter} and ended_at is null and expires_at > now()
        returning user_id, last_used_at, extract(epoch from expires_at - now())::int as left`.execute(trx);
      const fresh = rotated.rows[0];
      if (fresh) {
        const { user_id, left, last_used_at } = fresh;
        return { person: await readPerson(trx, user_id), next: counter + 1, seconds: left, lastUsed: last_used_at };
      }
      const session = await trx.selectFrom('sessions').selectAll().where('id', '=', id).executeTakeFirst();
      if (!session || session.ended_at || session.expires_at < new Date()) throw unauthenticated();
      const lastUsed = session.last_used_at;
      const sameClient = timingSafeEqual(session.client, clientOf(caller));
      const recent = Date.now() - session.rotated_at.getTime() < GRACE_MS;
      if (session.counter === counter + 1 && recent && sameClient) {
        const left = Math.floor((session.expires_at.getTime() - Date.now()) / 1000);
        return { person: await readPerson(trx, session.user_id), next: session.counter, seconds: left, lastUsed };
      }
      return { person: await readPerson(trx, session.user_id), next: undefined, seconds: 0, lastUsed };
    });
    if (!person) throw unauthenticated();
    if (next === undefined) {
      await end(id, person.row, caller, 'auth.refresh_reused');
      throw unauthenticated('This session was ended because its token was used twice.');
    }
    await refuseRested(id, person, lastUsed.getTime(), caller, true);
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
    lastUse.forget(id);
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

  async function contextOf(claims: AccessClaims, caller: Caller, isUse = true): Promise<PersonContext> {
    const { sessionId } = claims;
    let known = contexts.get(sessionId);
    if (!known || performance.now() - known.at >= CONTEXT_MS) {
      const found = await inAuthentication(db, async (trx) => {
        const session = await trx
          .selectFrom('sessions')
          .select(['user_id', 'last_used_at'])
          .where('id', '=', sessionId)
          .where('user_id', '=', claims.userId)
          .where('ended_at', 'is', null)
          .where('expires_at', '>', new Date())
          .executeTakeFirst();
        const person = session && (await readPerson(trx, session.user_id));
        return person && { ...person, lastUsed: session.last_used_at.getTime() };
      });
      if (!found) throw unauthenticated('This session has ended.');
      if (contexts.size > 10_000) contexts.clear();
      known = { at: performance.now(), ...found };
      contexts.set(sessionId, known);
    }
    if (!isOf(known.row, claims)) throw unauthenticated('This session has ended.');
    await refuseRested(sessionId, known, known.lastUsed, caller, isUse);
    return contextOfPerson(known, sessionId, caller);
  }

  /** Ends a session that rested longer than its person's roles allow; else this is its newest use. @throws MusterError `unauthenticated` */
  async function refuseRested(
    sessionId: string,
    { row, held }: Person,
    stored: number,
    caller: Caller,
    isUse: boolean,
  ): Promise<void> {
    const now = Date.now();
    const usedAt = isUse ? now - caller.idleSeconds * 1000 : 0;
    const rested = now - lastUse.of(sessionId, stored);
    if (rested > held.idleMinutes * 60_000) {
      await end(sessionId, row, caller, 'auth.session_rested');
      throw unauthenticated('This session has ended: nobody used it for a while.');
    }
    lastUse.note(sessionId, usedAt);
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

/** The password was right: the sign-in page asks for the code now. */
const codeNeeded = () =>
  unauthenticated('A code of your authenticator is needed.', [{ path: '/code', message: 'is needed' }]);

const clientOf = (caller: Caller) => createHash('sha256').update(`${caller.userAgent}\0${caller.address}`).digest();

const isOf = (row: UserRow, claims: AccessClaims) =>
  row.id === claims.userId && row.organization_id === claims.organizationId;

const contextOfPerson = ({ row, held }: Person, sessionId: string, caller: Caller): PersonContext => ({
  ...contextFor(row, caller, held.grants),
  user: viewUser(row, held.grants),
  sessionId,
});
