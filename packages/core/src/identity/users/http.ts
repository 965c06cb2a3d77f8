import { routes } from '@muster/contract/routes';
import type { AccessCatalogue } from '../../access/index.ts';
import type { Outbox } from '../../mail/index.ts';
import type { Db } from '../../platform/db/store.ts';
import type { Binder } from '../../platform/http/bind.ts';
import { assignRoles } from './assign-roles.ts';
import { createUser } from './create.ts';
import { deleteUser } from './delete.ts';
import { eraseUser } from './erase.ts';
import { getUser, listUsers } from './list.ts';
import { readPermissions } from './permissions.ts';
import { updateUser } from './update.ts';

export function bindUsers(bind: Binder, db: Db, catalogue: AccessCatalogue, outbox: Outbox): void {
  const { users } = routes;
  bind(users.list, ({ ctx, query }) => listUsers(db, ctx, query));
  bind(users.get, ({ ctx, params }) => getUser(db, ctx, params.id));
  bind(users.create, ({ ctx, body }) => createUser(db, ctx, body, catalogue));
  bind(users.update, ({ ctx, params, body, version }) =>
    updateUser(db, ctx, params.id, version, body, catalogue, outbox),
  );
  bind(users.delete, ({ ctx, params }) => deleteUser(db, ctx, params.id, catalogue));
  bind(users.erase, ({ ctx, params }) => eraseUser(db, ctx, params.id, catalogue));
  bind(users.assignRoles, ({ ctx, params, body, version }) =>
    assignRoles(db, ctx, params.id, version, body.roles, catalogue),
  );
  bind(users.permissions, ({ ctx, params }) => readPermissions(db, ctx, params.id, catalogue));
}
