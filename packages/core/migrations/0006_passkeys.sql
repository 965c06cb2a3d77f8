-- People may be required to prove themselves with two factors: a session that was opened with one may do nothing but set up the other.
alter table organizations add column second_factor_required boolean not null default false;
alter table sessions add column strong boolean not null default false;

-- Passkeys (WebAuthn Level 3). A credential id is unique in the world, and found before it is known whose it is.
create table passkeys (
  id uuid primary key,
  organization_id uuid not null,
  user_id uuid not null,
  -- base64url, as browsers say it
  credential_id text not null unique,
  -- COSE_Key
  public_key bytea not null,
  -- grows with each use of an authenticator that counts; 0 for good where it does not
  sign_count bigint not null,
  transports text[] not null,
  -- kept by a provider on several devices of the person
  backed_up boolean not null,
  name text collate natural_order not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade
);
create index passkeys_user on passkeys (organization_id, user_id);

-- A challenge is good once. It carries its own proof and its end, so only those that were used are kept until then.
create table used_challenges (
  organization_id uuid not null references organizations(id),
  hash bytea not null,
  ends_at timestamptz not null,
  primary key (organization_id, hash)
);
create index used_challenges_ends on used_challenges (organization_id, ends_at);

do $$
declare t text;
begin
  foreach t in array array['passkeys', 'used_challenges'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant on %I to muster_app using (organization_id = current_organization())', t);
  end loop;
end $$;
create policy authentication on passkeys for select to muster_auth using (true);
grant select, insert, update, delete on passkeys, used_challenges to muster_app;
grant select on passkeys to muster_auth;
