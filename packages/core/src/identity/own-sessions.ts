import type { Session } from '@muster/contract/identity';
import { audit } from '../platform/audit.ts';
import { tell } from '../platform/bus.ts';
import type { Context, TransactionContext } from '../platform/context.ts';
import { type Db, inOrganization } from '../platform/db/store.ts';
import { notFound } from '../platform/errors.ts';
import type { PersonContext } from './sessions.ts';

/** Where somebody is signed in, the newest use first. */
export const listSessions = (db: Db, ctx: PersonContext): Promise<Session[]> =>
  inOrganization(db, ctx, (inside) => readSessions(inside, ctx.user.id));

/** Ends one of the caller's sessions, or all of them. @throws MusterError `not_found` for one that is not his, or has ended */
export const endSessions = (db: Db, ctx: PersonContext, which: string | 'all'): Promise<void> =>
  inOrganization(db, ctx, async (inside) => {
    const sessions = await endSessionsOf(inside, ctx.user.id, which);
    if (which !== 'all' && sessions.length === 0) throw notFound('session');
    await tell(inside, { kind: 'access.changed', organizationId: ctx.organizationId, of: ctx.user.id });
    await audit(inside, { action: 'auth.sessions_ended', object: `user:${ctx.user.id}`, details: { sessions } });
  });

/** The open sessions of a person. */
export async function readSessions(ctx: TransactionContext, userId: string): Promise<Session[]> {
  const rows = await ctx.db
    .selectFrom('sessions')
    .selectAll()
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', new Date())
    .orderBy(({ fn }) => fn('greatest', ['rotated_at', 'last_used_at']), 'desc')
    .execute();
  const asking = sessionOf(ctx);
  return rows.map((row) => ({
    id: row.id,
    address: row.address,
    userAgent: row.user_agent,
    createdAt: row.created_at.toISOString(),
    lastUsedAt: new Date(Math.max(row.rotated_at.getTime(), row.last_used_at.getTime())).toISOString(),
    expiresAt: row.expires_at.toISOString(),
    current: row.id === asking,
  }));
}

/** The one that asks; a script has none. */
const sessionOf = (ctx: Context): string | undefined => (ctx as Partial<PersonContext>).sessionId;

/** Ends one session of a person, or all of them. @returns those that ended */
export async function endSessionsOf(
  { db }: TransactionContext,
  userId: string,
  which: string | 'all' = 'all',
): Promise<string[]> {
  const ended = await db
    .updateTable('sessions')
    .set({ ended_at: new Date() })
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .$if(which !== 'all', (query) => query.where('id', '=', which))
    .returning('id')
    .execute();
  return ended.map(({ id }) => id);
}
