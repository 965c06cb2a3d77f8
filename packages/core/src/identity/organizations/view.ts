import type { OrganizationEntry } from '@muster/contract/organizations';
import { sql } from 'kysely';
import { type Db, inAuthentication } from '../../platform/db/store.ts';

interface Row {
  id: string;
  name: string;
  slug: string;
  status: OrganizationEntry['status'];
  operates: boolean;
  people: number;
  devices: number;
  created_at: Date;
  version: number;
}

/** Of every organization, or of one: the only look across organizations, and it counts only. */
export function readEntries(db: Db, id: string | null = null): Promise<OrganizationEntry[]> {
  return inAuthentication(db, async (trx) => {
    const { rows } = await sql<Row>`
      select o.id, o.name, o.slug, o.status, o.operates, o.created_at, o.version,
        (select count(*)::int from users u where u.organization_id = o.id) as people,
        (select count(*)::int from devices d where d.organization_id = o.id) as devices
      from organizations o where ${id}::uuid is null or o.id = ${id}::uuid
      order by o.name collate natural_order, o.id`.execute(trx);
    return rows.map(({ created_at, ...row }) => ({ ...row, createdAt: created_at.toISOString() }));
  });
}
