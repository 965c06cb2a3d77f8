-- What devices are told to do. A row is what is known of one command on one device, from the wish to what became of it.
create table command_batches (
  id uuid primary key,
  organization_id uuid not null references organizations(id),
  name text not null,
  params jsonb not null,
  created_by jsonb not null,
  created_at timestamptz not null default now(),
  unique (organization_id, id)
);

create table commands (
  id uuid primary key,
  organization_id uuid not null,
  device integer not null,
  -- devices get their commands in this order
  place_in_line bigint generated always as identity,
  name text not null,
  params jsonb not null,
  state text not null check (state in ('awaiting-approval', 'queued', 'sent', 'acknowledged', 'succeeded', 'verified', 'failed', 'expired', 'cancelled', 'rejected')),
  created_by jsonb not null,
  created_at timestamptz not null default now(),
  -- how long the device has to take it, counted from when it may; and once more for its answer
  timeout_ms bigint not null,
  expires_at timestamptz not null,
  decided_by jsonb,
  sent_at timestamptz,
  acknowledged_at timestamptz,
  finished_at timestamptz,
  -- when something must have happened, or it is over: taken, answered, measured
  due_at timestamptz,
  result jsonb,
  error text,
  postcondition jsonb,
  batch_id uuid,
  foreign key (organization_id, device) references devices (organization_id, number) on delete cascade,
  foreign key (organization_id, batch_id) references command_batches (organization_id, id)
);
create index commands_of_device on commands (organization_id, device, place_in_line desc);
create index commands_waiting on commands (organization_id, device, place_in_line) where state in ('queued', 'sent');
create index commands_due on commands (due_at) where due_at is not null;
create index commands_of_batch on commands (organization_id, batch_id) where batch_id is not null;

do $$
declare t text;
begin
  foreach t in array array['commands', 'command_batches'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant on %I to muster_app using (organization_id = current_organization())', t);
    execute format('grant select, insert, update, delete on %I to muster_app', t);
  end loop;
end $$;
create policy scope on commands as restrictive to muster_app
  using ((select scope_is_everywhere()) or device in (select number from devices));
-- a batch is seen where one of its commands is
create policy scope on command_batches as restrictive for select to muster_app
  using ((select scope_is_everywhere()) or exists (select from commands c where c.batch_id = command_batches.id));
-- whose time is over is found in all organizations at once
create policy authentication on commands to muster_auth using (true);
grant select (id, organization_id, device, state, finished_at, due_at, postcondition) on commands to muster_auth;
