import { createHash, timingSafeEqual } from 'node:crypto';
import type { User } from '@muster/contract/identity';
import { sql, type Transaction } from 'kysely';
import { type AccessCatalogue, addUp, type Held, readHeldRoles, readOwnRoles } from '../access/index.ts';
import { audit } from '../platform/audit.ts';
import { tell } from '../platform/bus.ts';
import type { Context, TransactionContext } from '../platform/context.ts';
import { type Db, inAuthentication, inOrganization } from '../platform/db/store.ts';
import type { DB as Database } from '../platform/db/types.ts';
import { unauthenticated } from '../platform/errors.ts';
import type { Secret } from '../platform/secret.ts';
import { newId } from '../platform/uuid.ts';
import { type Account, contextFor, LONGEST_USER_AGENT, readAccount, viewUser } from './account.ts';
import type { Caller } from './caller.ts';
import { createLastUse } from './last-use.ts';
import { readRefreshToken, writeRefreshToken } from './refresh-token.ts';
import type { AccessClaims } from './tokens.ts';

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

/** A route of access `user` is a person's: its context was made of a session. */
export const person = (ctx: Context): PersonContext => ctx as PersonContext;

/** How somebody proved who he is. */
export interface Proved {
  /** With two factors. */
  strong: boolean;
  /** What the audit trail says of it. */
  details: Record<string, unknown>;
}
/** undefined: it proves nothing */
export type Proof = (ctx: TransactionContext) => Promise<Proved | undefined>;

/** A session ends this long after its sign-in, however busy. */
const SESSION_SECONDS = 12 * 3600;
/** Two tabs that refresh at once are one client: within this time it gets the same successor again. */
const GRACE_MS = 10_000;

export interface Sessions {
  /**
   * Opens a session for somebody who has proved who he is, or proves it now.
   * @param prove uses something up, in the transaction that opens the session
   * @returns undefined when nothing was proved
   */
  open(account: Account, caller: Caller, prove: Proof): Promise<SignedIn | undefined>;
  /** Rotates a refresh token. A token used twice ends the session. @throws MusterError `unauthenticated` */
  refresh(token: string, caller: Caller): Promise<SignedIn>;
  /** Ends the session of a refresh token; silently when there is none. @param why as the audit trail says it */
  signOut(token: string, caller: Caller, why?: 'auth.signed_out' | 'auth.session_replaced'): Promise<void>;
  /**
   * The context of a verified access token.
   * @param isUse false: nobody asked for it, an open stream looks whether it may go on
   * @throws MusterError `unauthenticated` when the session ended
   */
  contextOf(claims: AccessClaims, caller: Caller, isUse?: boolean): Promise<PersonContext>;
  /** What somebody may was changed: it is looked up again. */
  forget(): void;
}

interface Person {
  row: Account;
  /** He signed in with one factor where two are wanted. */
  isWeak: boolean;
  held: Held;
}

/** Contexts are looked up again after this time: what was taken away stops to work that soon. */
const CONTEXT_MS = 2000;

export function createSessions(db: Db, secret: Secret, catalogue: AccessCatalogue): Sessions {
  const contexts = new Map<string, { at: number; provedAt: number; lastUsed: number } & Person>();
  const lastUse = createLastUse(db);

  async function open(account: Account, caller: Caller, prove: Proof): Promise<SignedIn | undefined> {
    const id = newId();
    const proved = await inOrganization(db, contextFor(account, caller), async (ctx) => {
      const proof = await prove(ctx);
      if (!proof) return undefined;
      const { strong, details } = proof;
      await ctx.db
        .insertInto('sessions')
        .values({
          id,
          organization_id: account.organization_id,
          user_id: account.id,
          client: clientOf(caller),
          address: caller.address,
          user_agent: caller.userAgent.slice(0, LONGEST_USER_AGENT),
          strong,
          expires_at: new Date(Date.now() + SESSION_SECONDS * 1000),
        })
        .execute();
      await ctx.db
        .updateTable('users')
        .set({ last_sign_in_at: new Date(), ...(caller.language ? { language: caller.language } : {}) })
        .where('id', '=', account.id)
        .execute();
      await audit(ctx, {
        action: 'auth.signed_in',
        object: `user:${account.id}`,
        details: { session: id, ...details },
      });
      return proof;
    });
    if (!proved) return undefined;
    const person = await inAuthentication(db, (trx) => withRoles(trx, account, proved.strong));
    return signedIn(person, id, 0, SESSION_SECONDS);
  }

  async function refresh(token: string, caller: Caller): Promise<SignedIn> {
    const { id, counter } = readRefreshToken(secret, token);
    const { person, next, seconds, lastUsed } = await inAuthentication(db, async (trx) => {
      const rotated = await sql<{ user_id: string; strong: boolean; left: number; last_used_at: Date }>`
        update sessions set counter = counter + 1, rotated_at = now(), address = ${caller.address}, client = ${clientOf(caller)}
        where id = ${id} and counter = ${counter} and ended_at is null and expires_at > now()
        returning user_id, strong, last_used_at, extract(epoch from expires_at - now())::int as left`.execute(trx);
      const fresh = rotated.rows[0];
      if (fresh) {
        const { user_id, strong, left, last_used_at } = fresh;
        return {
          person: await readPerson(trx, user_id, strong),
          next: counter + 1,
          seconds: left,
          lastUsed: last_used_at,
        };
      }
      const session = await trx.selectFrom('sessions').selectAll().where('id', '=', id).executeTakeFirst();
      if (!session || session.ended_at || session.expires_at < new Date()) throw unauthenticated();
      const lastUsed = session.last_used_at;
      const sameClient = timingSafeEqual(session.client, clientOf(caller));
      const recent = Date.now() - session.rotated_at.getTime() < GRACE_MS;
      if (session.counter === counter + 1 && recent && sameClient) {
        const left = Math.floor((session.expires_at.getTime() - Date.now()) / 1000);
        return {
          person: await readPerson(trx, session.user_id, session.strong),
          next: session.counter,
          seconds: left,
          lastUsed,
        };
      }
      return { person: await readPerson(trx, session.user_id, session.strong), next: undefined, seconds: 0, lastUsed };
    });
    if (!person) throw unauthenticated();
    if (next === undefined) {
      await end(id, person.row, caller, 'auth.refresh_reused');
      throw unauthenticated('This session was ended because its token was used twice.');
    }
    await refuseRested(id, person, lastUsed.getTime(), caller, true);
    return signedIn(person, id, next, seconds);
  }

  async function signOut(token: string, caller: Caller, why = 'auth.signed_out'): Promise<void> {
    const { id } = readRefreshToken(secret, token);
    const user = await inAuthentication(db, async (trx) => {
      const session = await trx.selectFrom('sessions').select('user_id').where('id', '=', id).executeTakeFirst();
      return session ? readAccount(trx, session.user_id) : undefined;
    });
    if (user) await end(id, user, caller, why);
  }

  async function end(id: string, user: Account, caller: Caller, action: string): Promise<void> {
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
      // its streams end with it
      await tell(ctx, { kind: 'access.changed', organizationId: user.organization_id, of: user.id });
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
          .select(['user_id', 'strong', 'created_at', 'last_used_at'])
          .where('id', '=', sessionId)
          .where('user_id', '=', claims.userId)
          .where('ended_at', 'is', null)
          .where('expires_at', '>', new Date())
          .executeTakeFirst();
        const person = session && (await readPerson(trx, session.user_id, session.strong));
        if (!session || !person) return undefined;
        return { ...person, provedAt: session.created_at.getTime(), lastUsed: session.last_used_at.getTime() };
      });
      if (!found) throw unauthenticated('This session has ended.');
      if (contexts.size > 10_000) contexts.clear();
      known = { at: performance.now(), ...found };
      contexts.set(sessionId, known);
    }
    if (!isOf(known.row, claims)) throw unauthenticated('This session has ended.');
    await refuseRested(sessionId, known, known.lastUsed, caller, isUse);
    return { ...contextOfPerson(known, sessionId, caller), provedAt: known.provedAt };
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
  async function readPerson(trx: Transaction<Database>, id: string, strong: boolean): Promise<Person | undefined> {
    const row = await readAccount(trx, id);
    return row?.status === 'active' ? withRoles(trx, row, strong) : undefined;
  }

  async function withRoles(trx: Transaction<Database>, row: Account, strong: boolean): Promise<Person> {
    const isWeak = row.second_factor_required && !strong;
    // who has a password that somebody else gave him may nothing but change it; who lacks a factor, nothing but set it up
    const held = row.must_change_password || isWeak ? [] : await readHeldRoles(trx, row.organization_id, row.id);
    const own = await readOwnRoles(trx, row.organization_id);
    return { row, isWeak, held: addUp(held, catalogue, own, row.operates) };
  }

  function signedIn({ row, isWeak, held }: Person, sessionId: string, counter: number, seconds: number): SignedIn {
    return {
      claims: { userId: row.id, organizationId: row.organization_id, sessionId },
      user: viewUser(row, held.grants, isWeak),
      organizationNumber: row.organization_number,
      refreshToken: writeRefreshToken(secret, sessionId, counter),
      refreshSeconds: seconds,
    };
  }

  return { open, refresh, signOut, contextOf, forget: () => contexts.clear() };
}

const clientOf = (caller: Caller) => createHash('sha256').update(`${caller.userAgent}\0${caller.address}`).digest();

const isOf = (row: Account, claims: AccessClaims) =>
  row.id === claims.userId && row.organization_id === claims.organizationId;

const contextOfPerson = ({ row, isWeak, held }: Person, sessionId: string, caller: Caller): PersonContext => ({
  ...contextFor(row, caller, held.grants),
  user: viewUser(row, held.grants, isWeak),
  sessionId,
});
