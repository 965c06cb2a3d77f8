import type { Organization } from '@muster/contract/identity';
import type { Selectable } from 'kysely';
import { tell } from '../platform/bus.ts';
import type { Context } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import type { DB } from '../platform/db/types.ts';
import { invalid, notFound, stale } from '../platform/errors.ts';
import { mutation, reading } from '../platform/mutation.ts';

export const viewOrganization = (row: Selectable<DB['organizations']>): Organization => ({
  id: row.id,
  name: row.name,
  slug: row.slug,
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
  retention?: { rawDays?: number; minuteDays?: number; hourDays?: number };
  passwordClasses?: boolean;
  secondFactorRequired?: boolean;
}

/** @throws MusterError `not_found`, `stale`, `invalid` when rollups would be kept for less time than what they are made of */
export const updateOrganization = (db: Db, ctx: Context, id: string, version: number, change: OrganizationChange) =>
  mutation(db, ctx, 'organization:write', async (inside) => {
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
    const row = await inside.db
      .updateTable('organizations')
      .set({ ...next, version: version + 1 })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow();
    await tell(inside, { kind: 'organization.changed', organizationId: id });
    const isStricter =
      next.second_factor_required !== before.second_factor_required ||
      next.password_classes !== before.password_classes;
    // what people are told of themselves says both
    if (isStricter) {
      await tell(inside, { kind: 'access.changed', organizationId: id });
    }
    return [
      viewOrganization(row),
      {
        action: 'organization.updated',
        object: `organization:${id}`,
        details: { before: viewOrganization(before), after: viewOrganization(row) },
      },
    ];
  });
