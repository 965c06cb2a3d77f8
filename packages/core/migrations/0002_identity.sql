-- Who may do what. Roles that come with Muster and its solutions are data of the program; those of an organization stand here.
create table roles (
  id uuid primary key,
  organization_id uuid not null references organizations(id),
  name text collate natural_order not null,
  description text not null default '',
  -- ids of roles whose permissions it has too: 'viewer', 'industrial.operator', or of this table
  parents text[] not null default '{}',
  permissions text[] not null default '{}',
  idle_minutes integer,
  created_at timestamptz not null default now(),
  version integer not null default 1,
  unique (organization_id, id)
);
create unique index roles_name on roles (organization_id, lower(name));

-- Who holds which role: in the whole organization, in a place with all below it, or for one device.
create table role_assignments (
  organization_id uuid not null,
  user_id uuid not null,
  role text not null,
  place_id uuid,
  device integer,
  created_at timestamptz not null default now(),
  check (place_id is null or device is null),
  unique nulls not distinct (organization_id, user_id, role, place_id, device),
  foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade,
  foreign key (organization_id, place_id) references places (organization_id, id) on delete cascade,
  foreign key (organization_id, device) references devices (organization_id, number) on delete cascade
);
create index role_assignments_place on role_assignments (organization_id, place_id) where place_id is not null;
create index role_assignments_device on role_assignments (organization_id, device) where device is not null;

-- an owner that is not superuser is under the rows' security as well: it is lifted for this statement
alter table users no force row level security;
insert into role_assignments (organization_id, user_id, role) select organization_id, id, role from users;
alter table users force row level security;
alter table users drop column role;
alter table users
  add column name text collate natural_order not null default '',
  add column status text not null default 'active' check (status in ('active', 'disabled')),
  add column must_change_password boolean not null default false,
  add column password_changed_at timestamptz not null default now(),
  add column last_sign_in_at timestamptz;

alter table users
  -- too short to be the only factor
  add column short_password boolean not null default false;

-- A session ends when nobody used it for as long as its person's roles allow.
alter table sessions add column last_used_at timestamptz not null default now();

-- An authenticator's seed (RFC 6238), wrapped; of no use before it was confirmed with a code.
create table second_factors (
  organization_id uuid not null,
  user_id uuid not null,
  seed text not null,
  -- a code is good once
  last_step bigint not null default 0,
  confirmed_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (organization_id, user_id),
  foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade
);

create table backup_codes (
  organization_id uuid not null,
  user_id uuid not null,
  hash bytea not null,
  used_at timestamptz,
  primary key (organization_id, user_id, hash),
  foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade
);

-- Credentials of scripts: permissions of their own, for all of the organization, a place with all below it, or one device.
create table api_keys (
  id uuid primary key,
  organization_id uuid not null references organizations(id),
  name text collate natural_order not null,
  -- the first characters, by which people tell keys apart
  hint text not null,
  hash bytea not null unique,
  -- after a rotation the old secret works until then
  old_hash bytea unique,
  old_ends_at timestamptz,
  permissions text[] not null,
  place_id uuid,
  device integer,
  created_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  last_address text,
  version integer not null default 1,
  check (place_id is null or device is null),
  -- a key whose place or device goes must not come to hold everywhere
  foreign key (organization_id, place_id) references places (organization_id, id) on delete cascade,
  foreign key (organization_id, device) references devices (organization_id, number) on delete cascade
);
create index api_keys_name on api_keys (organization_id, name, id);

-- Passwords with four kinds of characters, 12 at least, for organizations that must have such a rule.
alter table organizations add column password_classes boolean not null default false;

-- The organization that the installation was set up with: its people look after the installation itself.
alter table organizations add column operates boolean not null default false;
alter table organizations no force row level security;
update organizations set operates = true where number = (select min(number) from organizations);
alter table organizations force row level security;
create unique index organizations_operates on organizations (operates) where operates;

-- A permission may hold in some places only. The transaction says where (platform/db/store.ts); without a word it is nowhere.
create function scope_is_everywhere() returns boolean language sql stable parallel safe
  return coalesce(current_setting('muster.scope', true), '') = 'everywhere';
create function scope_places() returns uuid[] language sql stable parallel safe
  return coalesce(string_to_array(nullif(current_setting('muster.scope_places', true), ''), ',')::uuid[], '{}');
create function scope_devices() returns integer[] language sql stable parallel safe
  return coalesce(string_to_array(nullif(current_setting('muster.scope_devices', true), ''), ',')::integer[], '{}');

-- Restrictive: on top of the organization's own policy. In brackets with select, so that they are asked once and not per row.
create policy scope on devices as restrictive to muster_app
  using ((select scope_is_everywhere()) or place_id = any ((select scope_places())::uuid[]) or number = any ((select scope_devices())::integer[]));
-- a place that was made a moment ago is known by its parent
create policy scope on places as restrictive to muster_app
  using ((select scope_is_everywhere()) or id = any ((select scope_places())::uuid[]) or parent_id = any ((select scope_places())::uuid[]));
-- Measured values have no policy of scope: no verb reads them before it has found their device.
do $$
declare t text;
begin
  foreach t in array array['device_tokens', 'device_states', 'rejected_messages', 'events'] loop
    execute format('create policy scope on %I as restrictive to muster_app
      using ((select scope_is_everywhere()) or device in (select number from devices))', t);
  end loop;
end $$;
create policy scope on organization_ledgers as restrictive to muster_app using ((select scope_is_everywhere()));

do $$
declare t text;
begin
  foreach t in array array['roles', 'role_assignments', 'second_factors', 'backup_codes', 'api_keys'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant on %I to muster_app using (organization_id = current_organization())', t);
  end loop;
  foreach t in array array['roles', 'role_assignments', 'second_factors', 'api_keys'] loop
    execute format('create policy authentication on %I for select to muster_auth using (true)', t);
  end loop;
end $$;
create policy authentication on places for select to muster_auth using (true);
create policy use on api_keys for update to muster_auth using (true);
grant select, insert, update, delete on roles, role_assignments, second_factors, backup_codes, api_keys to muster_app;
grant select on roles, role_assignments, places, second_factors, api_keys to muster_auth;
grant update (last_used_at, last_address) on api_keys to muster_auth;

-- Failed attempts to sign in, so that a restart opens no door. Of the installation, for an account is guessed before it is known whose it is.
create table throttles (
  key bytea primary key,
  failures integer not null,
  until timestamptz not null,
  at timestamptz not null
);
alter table throttles enable row level security;
alter table throttles force row level security;
create policy throttles on throttles to muster_auth using (true);
grant select, insert, update, delete on throttles to muster_auth;

-- keys that sign tokens are replaced from time to time
grant update on installation to muster_auth;
