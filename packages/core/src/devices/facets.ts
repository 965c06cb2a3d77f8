import { sql } from 'kysely';
import type { Context } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { reading } from '../platform/mutation.ts';

const MOST = 200;

/** What there is to choose from: the most frequent first. */
export const readFacets = (db: Db, ctx: Context) =>
  reading(db, ctx, 'device:read', async ({ db: trx }) => {
    const { rows } = await sql<{ labels: string[]; roles: string[]; versions: string[] }>`
      select
        array(select label from (select unnest(labels) as label from devices
          union all select unnest(labels) from places) l group by label order by count(*) desc, label limit ${MOST}) as labels,
        array(select role from devices where role is not null group by role order by count(*) desc, role limit ${MOST}) as roles,
        array(select firmware_version from devices where firmware_version is not null
          group by firmware_version order by count(*) desc, firmware_version limit ${MOST}) as versions`.execute(trx);
    const { labels = [], roles = [], versions = [] } = rows[0] ?? {};
    return { labels, roles, firmwareVersions: versions };
  });
