-- Credentials with which new devices register themselves: in their organization, in a place and of a type where these are said.
create table enrollment_tokens (
  id uuid primary key,
  organization_id uuid not null references organizations(id),
  name text collate natural_order not null,
  -- the first characters, by which people tell tokens apart
  hint text not null,
  hash bytea not null unique,
  place_id uuid,
  type text,
  max_uses integer not null check (max_uses > 0),
  uses integer not null default 0 check (uses >= 0),
  created_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  last_used_at timestamptz,
  last_address text,
  version integer not null default 1,
  -- a token whose place goes must not come to hold everywhere
  foreign key (organization_id, place_id) references places (organization_id, id) on delete cascade
);
create index enrollment_tokens_name on enrollment_tokens (organization_id, name, id);

alter table enrollment_tokens enable row level security;
alter table enrollment_tokens force row level security;
create policy tenant on enrollment_tokens to muster_app using (organization_id = current_organization());
create policy scope on enrollment_tokens as restrictive to muster_app
  using ((select scope_is_everywhere()) or place_id = any ((select scope_places())::uuid[]));
create policy authentication on enrollment_tokens for select to muster_auth using (true);
grant select, insert, update, delete on enrollment_tokens to muster_app;
grant select on enrollment_tokens to muster_auth;

-- Of a disabled organization nothing is deleted, and nothing opens: neither its people nor its keys nor its devices.
alter table organizations add column status text not null default 'active' check (status in ('active', 'disabled'));
alter table organizations add check (not operates or status = 'active');
