-- Where people of an organization may sign in beside their password: OpenID Connect.
create table identity_providers (
  id uuid primary key,
  organization_id uuid not null references organizations(id),
  name text collate natural_order not null,
  issuer text not null,
  client_id text not null,
  -- wrapped; null: a public client, which has none
  client_secret text,
  scopes text[] not null,
  enabled boolean not null,
  -- its word that a mail address is verified opens the account of that address, once
  link_by_email boolean not null default false,
  -- roles that hold everywhere of whoever configured it last: it links by mail nobody who may more
  reach text[] not null default '{}',
  create_people boolean not null default false,
  -- of people who come to be by it
  role text,
  -- mail addresses that it may link and people that it may create; empty: of any domain
  mail_domains text[] not null default '{}',
  -- its sign-ins need no code of ours
  trusts_second_factor boolean not null default false,
  created_at timestamptz not null default now(),
  version integer not null default 1,
  check (not create_people or role is not null),
  unique (organization_id, id),
  -- an account there is known by issuer and subject: two of one issuer would be taken for each other
  unique (organization_id, issuer)
);

-- Whose account at a provider is whose here.
create table openid_links (
  id uuid primary key,
  organization_id uuid not null,
  provider_id uuid not null,
  user_id uuid not null,
  -- as it was when the account was linked: a provider that is set to another issuer opens nothing
  issuer text not null,
  subject text not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  unique (organization_id, issuer, subject),
  unique (organization_id, provider_id, user_id),
  foreign key (organization_id, provider_id) references identity_providers (organization_id, id) on delete cascade,
  foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade
);
create index openid_links_user on openid_links (organization_id, user_id);

do $$
declare t text;
begin
  foreach t in array array['identity_providers', 'openid_links'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant on %I to muster_app using (organization_id = current_organization())', t);
    execute format('create policy authentication on %I for select to muster_auth using (true)', t);
  end loop;
end $$;
grant select, insert, update, delete on identity_providers, openid_links to muster_app;
grant select on identity_providers, openid_links to muster_auth;
