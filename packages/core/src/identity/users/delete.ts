import type { AccessCatalogue } from '../../access/index.ts';
import { tell } from '../../platform/bus.ts';
import type { Context } from '../../platform/context.ts';
import type { Db } from '../../platform/db/store.ts';
import { mutation } from '../../platform/mutation.ts';
import { lockOwners, refuseStronger, requireOwner } from './rights.ts';
import { readPersonRow, viewPerson } from './view.ts';

/** His sessions and roles go with him; what he did stays in the audit trail. @throws MusterError `not_found`, `forbidden`, `conflict` */
export const deleteUser = (db: Db, ctx: Context, id: string, catalogue: AccessCatalogue): Promise<void> =>
  mutation(db, ctx, 'user:write', async (inside) => {
    await lockOwners(inside);
    const before = viewPerson(await readPersonRow(inside, id));
    await refuseStronger(inside, id, catalogue);
    await inside.db.deleteFrom('users').where('id', '=', id).execute();
    await requireOwner(inside);
    await tell(inside, { kind: 'access.changed', organizationId: ctx.organizationId, of: id });
    return [undefined, { action: 'user.deleted', object: `user:${id}`, details: { before } }];
  });
