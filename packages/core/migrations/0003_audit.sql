-- The audit trail becomes a chain: every entry carries the hash of the one before and its own (platform/audit-chain.ts).
-- What says something about people (name, address, user agent, details) is in the hash by a salted commitment only, so that
-- it can be erased: salt null, name '', address and user agent null, details {}. No role may do so yet.
alter table audit_entries
  add column seq bigint,
  add column result text not null default 'done' check (result in ('done', 'refused')),
  add column user_agent text,
  add column salt text,
  add column commitment text,
  add column hash text;
alter table audit_entries alter column result drop default;

-- Entries that were written before there was a chain stay outside of it: they count up to 0, the chain begins with 1.
-- An owner that is not superuser is under the rows' security as well: it is lifted for this statement.
alter table audit_entries no force row level security;
update audit_entries e set
  seq = o.nth - o.total,
  result = case when action in ('auth.refused', 'auth.refresh_reused') then 'refused' else 'done' end
from (
  select id, row_number() over (partition by organization_id order by at, id) as nth, count(*) over (partition by organization_id) as total
  from audit_entries
) o where o.id = e.id;
alter table audit_entries force row level security;
alter table audit_entries
  alter column seq set not null,
  add check (seq <= 0 or (commitment is not null and hash is not null)),
  add unique (organization_id, seq);

-- Where the chain of an organization ends. Whoever appends locks the row, so the numbers have no gap and the order is one.
create table audit_heads (
  organization_id uuid primary key references organizations(id),
  seq bigint not null,
  hash text not null,
  -- how many checkpoints there are
  checkpoints bigint not null default 0
);

-- The head of a chain at a moment, signed.
create table audit_checkpoints (
  organization_id uuid not null references organizations(id),
  number bigint not null,
  seq bigint not null,
  hash text not null,
  at timestamptz not null,
  key_id text not null,
  signature text not null,
  primary key (organization_id, number)
);

do $$
declare t text;
begin
  foreach t in array array['audit_heads', 'audit_checkpoints'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant on %I to muster_app using (organization_id = current_organization())', t);
  end loop;
end $$;
grant select, insert, update on audit_heads to muster_app;
grant select, insert on audit_checkpoints to muster_app;
