import { sql } from 'kysely';
import type { TransactionContext } from '../platform/context.ts';

/**
 * Writes anew what these places and all below them inherit, each from its parent's row. Of places whose parent the caller does not see
 * nothing changes by what he may do, so theirs stays.
 */
export async function inheritBelow({ db }: TransactionContext, ids: readonly string[]): Promise<void> {
  await sql`
    with recursive tree as (
      select p.id, p.timezone, p.labels,
        case when p.parent_id is null then null when a.id is null then p.inherited_timezone
          else coalesce(a.timezone, a.inherited_timezone) end as inherited_timezone,
        case when p.parent_id is null then '{}' when a.id is null then p.inherited_labels
          else array(select distinct unnest(a.inherited_labels || a.labels) order by 1) end as inherited_labels
      from places p left join places a on a.id = p.parent_id where p.id = any(${ids}::uuid[])
      union all
      select p.id, p.timezone, p.labels, coalesce(t.timezone, t.inherited_timezone),
        array(select distinct unnest(t.inherited_labels || t.labels) order by 1)
      from places p join tree t on p.parent_id = t.id)
    update places p set inherited_timezone = t.inherited_timezone, inherited_labels = t.inherited_labels
    from tree t where t.id = p.id
      and (p.inherited_timezone, p.inherited_labels) is distinct from (t.inherited_timezone, t.inherited_labels)`.execute(
    db,
  );
}
