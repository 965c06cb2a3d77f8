-- What a place inherits stands in its own row: whoever sees it, and nothing above it, is told the same as everybody else.
alter table places
  add column labels text[] not null default '{}',
  add column inherited_timezone text,
  add column inherited_labels text[] not null default '{}';

-- an owner that is not superuser is under the rows' security as well: it is lifted for this statement
alter table places no force row level security;
with recursive tree as (
  select id, null::text as inherited, timezone from places where parent_id is null
  union all
  select p.id, coalesce(t.timezone, t.inherited), p.timezone from places p join tree t on p.parent_id = t.id)
update places p set inherited_timezone = t.inherited from tree t where t.id = p.id and t.inherited is not null;
alter table places force row level security;
