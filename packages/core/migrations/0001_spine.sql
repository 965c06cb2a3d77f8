-- Roles. The server signs in as the owner and works as one of these, none of which owns a table:
--   muster_app     every verb, one organization at a time (row-level security)
--   muster_auth    finds out who calls, before an organization is known
--   muster_ingest  writes measured values by COPY, which PostgreSQL refuses under row-level security: it may insert, and read nothing of people
do $$
begin
  perform pg_advisory_xact_lock(hashtext('muster roles'));
  if not exists (select from pg_roles where rolname = 'muster_app') then create role muster_app nologin; end if;
  if not exists (select from pg_roles where rolname = 'muster_auth') then create role muster_auth nologin; end if;
  if not exists (select from pg_roles where rolname = 'muster_ingest') then create role muster_ingest nologin bypassrls; end if;
  -- an owner that is not superuser may work as a role only after it was granted to it
  execute format('grant muster_app, muster_auth, muster_ingest to %I', current_user);
end $$;

create function current_organization() returns uuid language sql stable parallel safe
  return nullif(current_setting('muster.organization', true), '')::uuid;
create function current_organization_number() returns integer language sql stable parallel safe
  return nullif(current_setting('muster.organization_number', true), '')::integer;

-- Bench 2 before Bench 10, in every language
create collation natural_order (provider = icu, locale = 'und-u-kn');

create table organizations (
  id uuid primary key,
  number integer generated always as identity unique,
  slug text not null unique,
  name text not null,
  raw_days integer not null default 90,
  minute_days integer not null default 400,
  hour_days integer not null default 3653,
  created_at timestamptz not null default now(),
  version integer not null default 1
);

create table users (
  id uuid primary key,
  organization_id uuid not null references organizations(id),
  username text not null,
  email text not null,
  password_hash text not null,
  role text not null,
  created_at timestamptz not null default now(),
  version integer not null default 1,
  unique (organization_id, id)
);
create unique index users_username on users (organization_id, lower(username));
create unique index users_email on users (organization_id, lower(email));

-- One row per sign-in. Its refresh token names the row and the counter; rotation raises the counter in one statement.
create table sessions (
  id uuid primary key,
  organization_id uuid not null,
  user_id uuid not null,
  counter integer not null default 0,
  client bytea not null,
  address text not null,
  user_agent text not null,
  created_at timestamptz not null default now(),
  rotated_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz,
  foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade
);
create index sessions_user on sessions (organization_id, user_id);

-- Facts of the installation itself: keys (wrapped by the secret file), tokens' hashes.
create table installation (
  name text primary key,
  value jsonb not null
);

create table places (
  id uuid primary key,
  organization_id uuid not null references organizations(id),
  parent_id uuid,
  kind text not null,
  name text collate natural_order not null,
  slug text not null,
  address text,
  timezone text,
  attributes jsonb not null default '{}',
  capacity integer,
  created_at timestamptz not null default now(),
  version integer not null default 1,
  unique (organization_id, id),
  unique nulls not distinct (organization_id, parent_id, slug),
  foreign key (organization_id, parent_id) references places (organization_id, id)
);

create table devices (
  organization_id uuid not null references organizations(id),
  device_id text not null,
  number integer generated always as identity unique,
  name text collate natural_order not null,
  type text not null,
  place_id uuid,
  role text,
  serial_number text,
  firmware_version text,
  ip_address text,
  mac_address text,
  attributes jsonb not null default '{}',
  labels text[] not null default '{}',
  status text not null default 'pending',
  last_seen_at timestamptz,
  created_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (organization_id, device_id),
  unique (organization_id, number),
  foreign key (organization_id, place_id) references places (organization_id, id)
);
create index devices_name on devices (organization_id, name, device_id);
create index devices_place on devices (organization_id, place_id);

create table device_tokens (
  id uuid primary key,
  organization_id uuid not null,
  device integer not null,
  hash bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  foreign key (organization_id, device) references devices (organization_id, number) on delete cascade
);
create index device_tokens_device on device_tokens (organization_id, device);
-- over HTTP a token alone says which device calls
create unique index device_tokens_hash on device_tokens (hash);

-- Which numbers of which start of a device were stored: a repeated (boot, seq) is a duplicate.
create table device_boots (
  id integer generated always as identity primary key,
  organization_id uuid not null,
  device integer not null,
  boot text not null,
  seen int8multirange not null default '{}',
  updated_at timestamptz not null default now(),
  unique (device, boot),
  foreign key (organization_id, device) references devices (organization_id, number) on delete cascade
);

-- An ordered list of metric names: what the arrays of a telemetry row mean.
create table telemetry_layouts (
  id integer generated always as identity primary key,
  organization_id uuid not null references organizations(id),
  device_type text not null,
  metrics text[] not null,
  unique (organization_id, device_type, metrics)
);

-- One row per message. `received` is stamped per batch, so a batch can be recognised after a doubtful commit.
create table telemetry (
  ts timestamptz not null,
  received timestamptz not null,
  seq bigint,
  device integer not null,
  organization integer not null,
  layout integer not null,
  boot integer,
  "values" float8[] not null,
  other jsonb,
  quality smallint[]
) partition by list (organization);
create index telemetry_device_ts on telemetry (device, ts);
-- booleans and texts: a device that sends numbers only has no entry
create index telemetry_other on telemetry (device, ts) where other is not null;
create index telemetry_received on telemetry using brin (received) with (pages_per_range = 16);

-- Rollups: several rows may share a bucket (one per checkpoint that touched it); readers add them up.
create table telemetry_minutes (
  bucket timestamptz not null,
  last_ts timestamptz not null,
  checkpoint bigint not null,
  organization integer not null,
  device integer not null,
  layout integer not null,
  counts integer[] not null,
  minimum float8[] not null,
  maximum float8[] not null,
  total float8[] not null,
  last float8[] not null,
  bad integer[]
) partition by list (organization);
create index telemetry_minutes_device_bucket on telemetry_minutes (device, bucket);
create index telemetry_minutes_checkpoint on telemetry_minutes using brin (checkpoint) with (pages_per_range = 16);

create table telemetry_hours (like telemetry_minutes) partition by list (organization);
create index telemetry_hours_device_bucket on telemetry_hours (device, bucket);

-- Everything derived from telemetry is true as of this moment: rows received later are added again at start.
create table telemetry_checkpoints (
  id integer primary key check (id = 1),
  number bigint not null default 0,
  upto timestamptz not null default '-infinity',
  hours_number bigint not null default 0
);
insert into telemetry_checkpoints (id) values (1);

create table device_states (
  device integer primary key,
  organization_id uuid not null,
  latest jsonb not null default '{}',
  received bigint not null default 0,
  stored bigint not null default 0,
  duplicates bigint not null default 0,
  rejected jsonb not null default '{}',
  foreign key (organization_id, device) references devices (organization_id, number) on delete cascade
);

-- The same for the whole organization; it does not shrink when a device is deleted.
create table organization_ledgers (
  organization_id uuid primary key references organizations(id),
  received bigint not null default 0,
  stored bigint not null default 0,
  duplicates bigint not null default 0,
  rejected jsonb not null default '{}'
);

create table rejected_messages (
  id uuid primary key,
  organization_id uuid not null,
  device integer not null,
  received_at timestamptz not null,
  reason text not null,
  detail text not null,
  topic text not null,
  bytes integer not null,
  excerpt text not null,
  foreign key (organization_id, device) references devices (organization_id, number) on delete cascade
);
create index rejected_messages_device on rejected_messages (organization_id, device, id desc);

create table events (
  id uuid primary key,
  organization_id uuid not null,
  device integer not null,
  type text not null,
  ts timestamptz not null,
  received_at timestamptz not null,
  data jsonb not null
);
create index events_device_ts on events (organization_id, device, ts desc, id desc);
create index events_type_ts on events (organization_id, type, ts desc);

create table audit_entries (
  id uuid primary key,
  organization_id uuid not null,
  at timestamptz not null default now(),
  actor_kind text not null,
  actor_id text not null,
  actor_name text not null,
  action text not null,
  object text not null,
  details jsonb not null,
  address text,
  request_id text not null
);
create index audit_entries_at on audit_entries (organization_id, at desc);

create table idempotency_keys (
  organization_id uuid not null,
  actor_id text not null,
  key text not null,
  fingerprint text not null,
  status integer,
  body jsonb,
  created_at timestamptz not null default now(),
  primary key (organization_id, actor_id, key)
);

-- Row-level security, forced on every table.
do $$
declare t text;
begin
  for t in select relname from pg_class where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
  end loop;
  foreach t in array array['users', 'sessions', 'places', 'devices', 'device_tokens', 'device_boots', 'telemetry_layouts',
    'device_states', 'organization_ledgers', 'rejected_messages', 'events', 'audit_entries', 'idempotency_keys'] loop
    execute format('create policy tenant on %I to muster_app using (organization_id = current_organization())', t);
  end loop;
  foreach t in array array['telemetry', 'telemetry_minutes', 'telemetry_hours'] loop
    execute format('create policy tenant on %I to muster_app using (organization = current_organization_number())', t);
  end loop;
  foreach t in array array['organizations', 'users', 'devices', 'device_tokens', 'sessions'] loop
    execute format('create policy authentication on %I for select to muster_auth using (true)', t);
  end loop;
end $$;
create policy tenant on organizations to muster_app using (id = current_organization());
create policy rotation on sessions for update to muster_auth using (true);
create policy installation on installation to muster_auth using (true);

grant select, insert, update on organizations to muster_app;
grant select, insert, update, delete on users, sessions, places, devices, device_tokens, idempotency_keys to muster_app;
grant select on device_boots, telemetry_layouts, telemetry, telemetry_minutes, telemetry_hours, device_states, organization_ledgers, rejected_messages to muster_app;
grant select, insert on events, audit_entries to muster_app;
grant select on organizations, users, devices, device_tokens, sessions to muster_auth;
grant update on sessions to muster_auth;
grant select, insert on installation to muster_auth;
grant select, insert on telemetry, telemetry_minutes, telemetry_hours, telemetry_layouts, events to muster_ingest;
grant select, insert, update on device_boots, device_states, organization_ledgers to muster_ingest;
grant select, insert, delete on rejected_messages to muster_ingest;
grant select, update on telemetry_checkpoints to muster_ingest;
grant select on organizations, devices to muster_ingest;
grant update (status, last_seen_at) on devices to muster_ingest;
