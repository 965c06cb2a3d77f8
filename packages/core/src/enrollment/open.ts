import { sql } from 'kysely';
import type { Caller, Throttle } from '../identity/index.ts';
import type { Context } from '../platform/context.ts';
import { type Db, inAuthentication } from '../platform/db/store.ts';
import { unauthenticated } from '../platform/errors.ts';
import type { Refusals } from '../platform/refusals.ts';
import { hashToken } from '../platform/token.ts';
import { grantsOfToken } from './limits.ts';

/** Finds out what an enrollment token opens. */
export interface EnrollmentTokens {
  /** @throws MusterError `unauthenticated`, the same for a token that is unknown, revoked or over; `too_many` */
  contextOf(secret: string, caller: Caller): Promise<Context>;
}

/** The same whatever is wrong: whoever tries learns nothing. */
export const opensNothing = () => unauthenticated('This enrollment token opens nothing.');

/** Whoever looks after the organization learns why a device does not come. */
export const noteRefusal = (refusals: Refusals, ctx: Context, why: string): Promise<void> =>
  refusals.note(ctx, {
    action: 'enrollment_token.refused',
    object: `enrollment-token:${ctx.actor.id}`,
    details: { name: ctx.actor.name, why },
  });

interface Row {
  id: string;
  name: string;
  organization_id: string;
  organization_number: number;
  slug: string;
  place_id: string | null;
  is_over: boolean;
}

/** Nothing is kept in memory: a token is used seldom, and ends at once when it is revoked. */
export function createEnrollmentTokens(db: Db, throttle: Throttle, refusals: Refusals): EnrollmentTokens {
  return {
    async contextOf(secret, caller) {
      const hash = hashToken(secret);
      const name = hash.toString('hex');
      throttle.checkToken(name, caller.address);
      const row = await readToken(db, hash);
      if (row && !row.is_over) return contextFor(row, caller);
      throttle.failedToken(name, caller.address);
      if (row) await noteRefusal(refusals, contextFor(row, caller), 'It has ended.');
      throw opensNothing();
    },
  };
}

const contextFor = (row: Row, caller: Caller): Context => ({
  organizationId: row.organization_id,
  organizationNumber: row.organization_number,
  organizationSlug: row.slug,
  actor: { kind: 'enrollment-token', id: row.id, name: row.name },
  grants: grantsOfToken(row.place_id === null ? 'everywhere' : { places: [row.place_id], devices: [] }),
  requestId: caller.requestId,
  address: caller.address,
  userAgent: caller.userAgent.slice(0, 300),
});

function readToken(db: Db, hash: Buffer): Promise<Row | undefined> {
  return inAuthentication(db, async (trx) => {
    const { rows } = await sql<Row>`
      select t.id, t.name, t.organization_id, o.number as organization_number, o.slug, t.expires_at <= now() as is_over, t.place_id
      from enrollment_tokens t join organizations o on o.id = t.organization_id and o.status = 'active'
      where t.hash = ${hash}`.execute(trx);
    return rows[0];
  });
}
