import { routes } from '@muster/contract/routes';
import type { Db } from '../../platform/db/store.ts';
import type { Binder } from '../../platform/http/bind.ts';
import { createOrganization } from './create.ts';
import { listOrganizations } from './list.ts';

export function bindOrganizations(bind: Binder, db: Db): void {
  const { organizations } = routes;
  bind(organizations.list, async ({ ctx }) => ({ items: await listOrganizations(db, ctx) }));
  bind(organizations.create, ({ ctx, body }) => createOrganization(db, ctx, body));
}
