-- What an entry of the audit trail says about people may be erased, and nothing else of it changed: name, address, user agent,
-- details and the salt of their commitment all go, so that they can not be guessed back. The hash stays what it was.
grant update (actor_name, address, user_agent, details, salt) on audit_entries to muster_app;

create function only_erase() returns trigger language plpgsql as $$
begin
  -- the owner of the tables could lift this anyway: what he changes, verification finds
  if current_user = 'muster_app' and (new.actor_name, new.details) is distinct from ('', '{}'::jsonb)
    or current_user = 'muster_app' and (new.address is not null or new.user_agent is not null or new.salt is not null) then
    raise insufficient_privilege using message = 'entries of the audit trail may be erased, not changed';
  end if;
  return new;
end $$;
create trigger only_erase before update on audit_entries for each row execute function only_erase();
