import type { OrganizationEntry } from '@muster/contract/organizations';
import { audit } from '../../platform/audit.ts';
import { tell } from '../../platform/bus.ts';
import type { Context } from '../../platform/context.ts';
import { type Db, inOther } from '../../platform/db/store.ts';
import { conflict, notFound, stale } from '../../platform/errors.ts';
import { mutation } from '../../platform/mutation.ts';
import { readEntries } from './view.ts';

/**
 * Of a disabled organization everything that is open ends: people, keys, devices, streams. Nothing is deleted.
 * @throws MusterError `not_found`, `stale`, `conflict` for the organization that the installation was set up with
 */
export async function setOrganizationStatus(
  db: Db,
  ctx: Context,
  id: string,
  version: number,
  status: OrganizationEntry['status'],
): Promise<OrganizationEntry> {
  await mutation(db, ctx, 'installation:own', async (inside) => {
    const audited = await inOther(inside, { id, number: 0, slug: '' }, async (other) => {
      const before = await other.db
        .selectFrom('organizations')
        .select(['name', 'slug', 'status', 'operates', 'version'])
        .forUpdate()
        .executeTakeFirst();
      if (!before) throw notFound('organization');
      if (before.version !== version) throw stale('organization');
      if (before.operates) throw conflict('The organization that runs the installation can not be disabled.');
      await other.db
        .updateTable('organizations')
        .set({ status, version: version + 1 })
        .where('id', '=', id)
        .execute();
      if (status === 'disabled') {
        await other.db.updateTable('sessions').set({ ended_at: new Date() }).where('ended_at', 'is', null).execute();
        await tell(other, { kind: 'organization.disabled', organizationId: id, slug: before.slug });
      }
      await tell(other, { kind: 'access.changed', organizationId: id });
      const { name, slug } = before;
      const change = {
        action: status === 'disabled' ? 'organization.disabled' : 'organization.enabled',
        object: `organization:${id}`,
        details: { before: { name, slug, status: before.status }, after: { name, slug, status } },
      };
      await audit(other, change);
      return change;
    });
    return [undefined, audited];
  });
  const [entry] = await readEntries(db, id);
  if (!entry) throw notFound('organization');
  return entry;
}
