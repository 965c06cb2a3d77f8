import { routes } from '@muster/contract/routes';
import type { AccessCatalogue } from '../../access/index.ts';
import type { Db } from '../../platform/db/store.ts';
import type { Binder } from '../../platform/http/bind.ts';
import { createKey } from './create.ts';
import { listKeys, revokeKey, rotateKey } from './manage.ts';

export function bindApiKeys(bind: Binder, db: Db, catalogue: AccessCatalogue): void {
  const { apiKeys } = routes;
  bind(apiKeys.list, async ({ ctx }) => ({ items: await listKeys(db, ctx) }));
  bind(apiKeys.create, ({ ctx, body }) => createKey(db, ctx, body, catalogue));
  bind(apiKeys.rotate, ({ ctx, params, body }) => rotateKey(db, ctx, params.id, body.grace ?? '0s'));
  bind(apiKeys.revoke, ({ ctx, params }) => revokeKey(db, ctx, params.id));
}
