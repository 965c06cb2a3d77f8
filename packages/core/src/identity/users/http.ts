import { routes } from '@muster/contract/routes';
import type { AccessCatalogue } from '../../access/index.ts';
import type { Outbox } from '../../mail/index.ts';
import type { Context } from '../../platform/context.ts';
import type { Db } from '../../platform/db/store.ts';
import { MusterError } from '../../platform/errors.ts';
import type { Binder } from '../../platform/http/bind.ts';
import type { Refusals } from '../../platform/refusals.ts';
import { assignRoles } from './assign-roles.ts';
import { createUser } from './create.ts';
import { deleteUser } from './delete.ts';
import { eraseUser } from './erase.ts';
import { getUser, listUsers } from './list.ts';
import { readPermissions } from './permissions.ts';
import { removeSecondFactor } from './remove-second-factor.ts';
import { helpBackIn } from './reset-password.ts';
import { endSessionsOfPerson, listSessionsOf } from './sessions.ts';
import { updateUser } from './update.ts';

export interface UsersDeps {
  db: Db;
  catalogue: AccessCatalogue;
  outbox: Outbox;
  refusals: Refusals;
}

export function bindUsers(bind: Binder, { db, catalogue, outbox, refusals }: UsersDeps): void {
  /** That somebody tried to leave the organization without an owner is worth an entry. */
  const noting = <T>(ctx: Context, id: string, done: Promise<T>): Promise<T> =>
    done.catch(async (error) => {
      if (error instanceof MusterError && error.faults.some(({ code }) => code === 'last-owner'))
        await refusals.note(ctx, { action: 'user.last_owner_kept', object: `user:${id}` });
      throw error;
    });
  const { users } = routes;
  bind(users.list, ({ ctx, query }) => listUsers(db, ctx, query));
  bind(users.get, ({ ctx, params }) => getUser(db, ctx, params.id));
  bind(users.create, ({ ctx, body }) => createUser(db, ctx, body, catalogue));
  bind(users.update, ({ ctx, params, body, version }) =>
    noting(ctx, params.id, updateUser(db, ctx, params.id, version, body, catalogue, outbox)),
  );
  bind(users.delete, ({ ctx, params }) => noting(ctx, params.id, deleteUser(db, ctx, params.id, catalogue)));
  bind(users.erase, ({ ctx, params }) => eraseUser(db, ctx, params.id, catalogue));
  bind(users.resetPassword, ({ ctx, params, body }) => helpBackIn(db, ctx, { ...params, ...body }, catalogue, outbox));
  bind(users.removeSecondFactor, ({ ctx, params }) => removeSecondFactor(db, ctx, params.id, catalogue, outbox));
  bind(users.sessions, ({ ctx, params }) => listSessionsOf(db, ctx, params.id));
  bind(users.endSession, ({ ctx, params }) => endSessionsOfPerson(db, ctx, params.id, params.sessionId, catalogue));
  bind(users.endSessions, ({ ctx, params }) => endSessionsOfPerson(db, ctx, params.id, 'all', catalogue));
  bind(users.assignRoles, ({ ctx, params, body, version }) =>
    noting(ctx, params.id, assignRoles(db, ctx, params.id, version, body.roles, catalogue)),
  );
  bind(users.permissions, ({ ctx, params }) => readPermissions(db, ctx, params.id, catalogue));
}
