-- Outgoing mail. A row is written in the transaction of what causes it, and sent after it committed (mail/postman.ts).
create table mails (
  id uuid primary key,
  organization_id uuid not null references organizations(id),
  -- whom it is for, where it is somebody of the organization
  user_id uuid,
  kind text not null,
  language text not null,
  address text not null,
  -- what the text is made of, wrapped by the secret; null once it was sent or given up: links are kept no longer than needed
  content text,
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'failed')),
  attempts integer not null default 0,
  next_at timestamptz not null default now(),
  -- given up then
  expires_at timestamptz not null,
  fault text,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade
);
create index mails_waiting on mails (next_at) where state = 'waiting';
create index mails_user on mails (organization_id, user_id, kind, created_at);

-- What a link in a mail opens: one for each person and purpose, so that a newer one ends the older. Only its hash is kept.
create table mail_links (
  organization_id uuid not null,
  user_id uuid not null,
  purpose text not null check (purpose in ('password-reset', 'verify-email')),
  hash bytea not null unique,
  -- where it was sent to: it says nothing about an address that came later
  email text not null,
  expires_at timestamptz not null,
  primary key (organization_id, user_id, purpose),
  foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade
);

-- People who were asked to come, until they do.
create table invitations (
  id uuid primary key,
  organization_id uuid not null references organizations(id),
  email text not null,
  language text not null,
  roles jsonb not null,
  hash bytea not null unique,
  -- what he may when it is accepted is the most that it gives; an invitation goes with him
  invited_by uuid not null,
  created_at timestamptz not null default now(),
  sent_at timestamptz not null default now(),
  expires_at timestamptz not null,
  foreign key (organization_id, invited_by) references users (organization_id, id) on delete cascade
);
create unique index invitations_email on invitations (organization_id, lower(email));

alter table users
  add column email_verified_at timestamptz,
  -- of the pages he used last: the one to write to him in
  add column language text not null default 'en';

do $$
declare t text;
begin
  foreach t in array array['mails', 'mail_links', 'invitations'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant on %I to muster_app using (organization_id = current_organization())', t);
    execute format('create policy authentication on %I for select to muster_auth using (true)', t);
    execute format('grant select, insert, update, delete on %I to muster_app', t);
    execute format('grant select on %I to muster_auth', t);
  end loop;
end $$;
-- the postman takes mails of every organization
create policy sending on mails for update to muster_auth using (true);
create policy tidying on mails for delete to muster_auth using (true);
grant update, delete on mails to muster_auth;
