-- What people sign in with, user name or mail address, names one person of an organization: nobody takes what another one has.
create table sign_in_names (
  organization_id uuid not null,
  -- in lower case
  name text not null,
  user_id uuid not null,
  primary key (organization_id, name),
  foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade
);
create index sign_in_names_name on sign_in_names (name);
create index sign_in_names_user on sign_in_names (organization_id, user_id);

alter table sign_in_names enable row level security;
alter table sign_in_names force row level security;
create policy tenant on sign_in_names to muster_app using (organization_id = current_organization());
create policy authentication on sign_in_names for select to muster_auth using (true);
grant select, insert, delete on sign_in_names to muster_app;
grant select on sign_in_names to muster_auth;

-- who took another one's name before it was forbidden keeps it as it is written and does not sign in with it
insert into sign_in_names select organization_id, lower(username), id from users;
insert into sign_in_names select organization_id, lower(email), id from users on conflict do nothing;

create function keep_sign_in_names() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    delete from sign_in_names where organization_id = new.organization_id and user_id = new.id
      and name not in (lower(new.username), lower(new.email));
  end if;
  -- one that somebody else has fails by the primary key
  insert into sign_in_names
    select distinct new.organization_id, wanted.name, new.id from (values (lower(new.username)), (lower(new.email))) as wanted(name)
    where not exists (select from sign_in_names s
      where s.organization_id = new.organization_id and s.name = wanted.name and s.user_id = new.id);
  return null;
end $$;
create trigger keep_sign_in_names after insert or update of username, email on users
  for each row execute function keep_sign_in_names();

-- A provider that linked or made an account itself, by a mail address, opens it only as far as whoever configured it could.
alter table openid_links add column by_provider boolean not null default true;
-- whose roles `reach` are: when he is gone or may less, the provider links and makes nobody any more
alter table identity_providers add column reach_of uuid;
alter table identity_providers add foreign key (organization_id, reach_of) references users (organization_id, id) on delete set null (reach_of);

-- when a device signed in with it first: that stands in the audit trail, every later time would drown it
alter table device_tokens add column first_used_at timestamptz;
