import { routes } from '@muster/contract/routes';
import type { Db } from '../platform/db/store.ts';
import type { Binder } from '../platform/http/bind.ts';
import type { AccessCatalogue } from './catalogue.ts';
import { createRole } from './create-role.ts';
import { deleteRole } from './delete-role.ts';
import { listRoles } from './list-roles.ts';
import { updateRole } from './update-role.ts';

export function bindAccess(bind: Binder, db: Db, catalogue: AccessCatalogue): void {
  const { access } = routes;
  bind(access.permissions, async () => ({
    items: [...catalogue.permissions].map(([id, { title, of, solution }]) => ({ id, titles: title, of, solution })),
  }));
  bind(access.roles, async ({ ctx }) => ({ items: await listRoles(db, ctx, catalogue) }));
  bind(access.createRole, ({ ctx, body }) => createRole(db, ctx, body, catalogue));
  bind(access.updateRole, ({ ctx, params, body, version }) => updateRole(db, ctx, params.id, version, body, catalogue));
  bind(access.deleteRole, ({ ctx, params }) => deleteRole(db, ctx, params.id, catalogue));
}
