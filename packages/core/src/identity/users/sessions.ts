import type { Session } from '@muster/contract/identity';
import type { AccessCatalogue } from '../../access/index.ts';
import { tell } from '../../platform/bus.ts';
import type { Context } from '../../platform/context.ts';
import type { Db } from '../../platform/db/store.ts';
import { notFound } from '../../platform/errors.ts';
import { mutation, reading } from '../../platform/mutation.ts';
import { endSessionsOf, readSessions } from '../own-sessions.ts';
import { refuseStronger } from './rights.ts';
import { readPersonRow } from './view.ts';

/** Where a person is signed in, the newest use first. @throws MusterError `not_found` */
export const listSessionsOf = (db: Db, ctx: Context, id: string): Promise<{ items: Session[] }> =>
  reading(db, ctx, 'user:read', async (inside) => {
    await readPersonRow(inside, id);
    return { items: await readSessions(inside, id) };
  });

/**
 * Ends one session of a person, or all of them; open pages and streams end at once.
 * @throws MusterError `not_found` for a session that is not his, or has ended; `forbidden` for who may more than the caller
 */
export const endSessionsOfPerson = (
  db: Db,
  ctx: Context,
  id: string,
  which: string | 'all',
  catalogue: AccessCatalogue,
): Promise<void> =>
  mutation(db, ctx, 'user:write', async (inside) => {
    await readPersonRow(inside, id);
    await refuseStronger(inside, id, catalogue);
    const sessions = await endSessionsOf(inside, id, which);
    if (which !== 'all' && sessions.length === 0) throw notFound('session');
    await tell(inside, { kind: 'access.changed', organizationId: ctx.organizationId, of: id });
    return [undefined, { action: 'user.sessions_ended', object: `user:${id}`, details: { sessions } }];
  });
