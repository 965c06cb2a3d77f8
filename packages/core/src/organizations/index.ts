import type { Organization } from '@muster/contract/identity';
import type { Selectable } from 'kysely';
import { type Audited, audit } from '../platform/audit.ts';
import { tell } from '../platform/bus.ts';
import { type Context, requirePermission, type TransactionContext } from '../platform/context.ts';
import { type Db, inOther } from '../platform/db/store.ts';
import type { DB } from '../platform/db/types.ts';
import { conflict, invalid, notFound, stale } from '../platform/errors.ts';
import { mutation, reading } from '../platform/mutation.ts';

export const viewOrganization = (row: Selectable<DB['organizations']>): Organization => ({
  id: row.id,
  name: row.name,
  slug: row.slug,
  status: row.status as Organization['status'],
  retention: { rawDays: row.raw_days, minuteDays: row.minute_days, hourDays: row.hour_days },
  passwordClasses: row.password_classes,
  secondFactorRequired: row.second_factor_required,
  createdAt: row.created_at.toISOString(),
  version: row.version,
});

/** @throws MusterError `not_found` for any organization but the caller's own */
export const getOrganization = (db: Db, ctx: Context, id: string): Promise<Organization> =>
  reading(db, ctx, 'organization:read', async ({ db: trx }) => {
    const row = await trx.selectFrom('organizations').selectAll().where('id', '=', id).executeTakeFirst();
    if (!row) throw notFound('organization');
    return viewOrganization(row);
  });

export interface OrganizationChange {
  name?: string;
  status?: Organization['status'];
  retention?: { rawDays?: number; minuteDays?: number; hourDays?: number };
  passwordClasses?: boolean;
  secondFactorRequired?: boolean;
}

/**
 * The own organization, and for whoever owns the installation any other. Of a disabled one everything that is open ends: people, keys,
 * devices, streams. Nothing is deleted.
 * @throws MusterError `not_found`, `stale`; `invalid` when rollups would be kept for less time than what they are made of;
 *   `forbidden` to disable the own one, `conflict` to disable the one that the installation was set up with
 */
export function updateOrganization(
  db: Db,
  ctx: Context,
  id: string,
  version: number,
  change: OrganizationChange,
): Promise<Organization> {
  if (change.status !== undefined && id === ctx.organizationId) requirePermission(ctx, 'installation:own');
  if (id === ctx.organizationId) {
    return mutation(db, ctx, 'organization:write', (inside) => update(inside, id, version, change));
  }
  // to anybody else another organization is not there
  if (!ctx.grants.has('installation:own')) throw notFound('organization');
  return mutation(db, ctx, 'installation:own', (inside) =>
    // both trails have the entry, or neither
    inOther(inside, { id, number: 0, slug: '' }, async (other) => {
      const [organization, audited] = await update(other, id, version, change);
      await audit(other, audited);
      return [organization, audited];
    }),
  );
}

async function update(
  inside: TransactionContext,
  id: string,
  version: number,
  change: OrganizationChange,
): Promise<[Organization, Audited]> {
  const before = await inside.db
    .selectFrom('organizations')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!before) throw notFound('organization');
  if (before.version !== version) throw stale('organization');
  const next = {
    name: change.name ?? before.name,
    status: change.status ?? before.status,
    raw_days: change.retention?.rawDays ?? before.raw_days,
    minute_days: change.retention?.minuteDays ?? before.minute_days,
    hour_days: change.retention?.hourDays ?? before.hour_days,
    password_classes: change.passwordClasses ?? before.password_classes,
    second_factor_required: change.secondFactorRequired ?? before.second_factor_required,
  };
  if (next.minute_days < next.raw_days || next.hour_days < next.minute_days) {
    const message = 'must be at least as long as the finer values are kept';
    throw invalid('The retention is not right.', [{ path: '/retention', message }]);
  }
  if (before.operates && next.status === 'disabled') {
    throw conflict('The organization that runs the installation can not be disabled.');
  }
  const row = await inside.db
    .updateTable('organizations')
    .set({ ...next, version: version + 1 })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await tell(inside, { kind: 'organization.changed', organizationId: id });
  const turned = next.status !== before.status;
  if (turned && next.status === 'disabled') {
    await inside.db.updateTable('sessions').set({ ended_at: new Date() }).where('ended_at', 'is', null).execute();
    await tell(inside, { kind: 'organization.disabled', organizationId: id, slug: before.slug });
  }
  const isStricter =
    next.second_factor_required !== before.second_factor_required || next.password_classes !== before.password_classes;
  // what people are told of themselves says both
  if (turned || isStricter) await tell(inside, { kind: 'access.changed', organizationId: id });
  return [
    viewOrganization(row),
    {
      action: turned ? `organization.${next.status === 'disabled' ? 'disabled' : 'enabled'}` : 'organization.updated',
      object: `organization:${id}`,
      details: { before: viewOrganization(before), after: viewOrganization(row) },
    },
  ];
}
