-- Which entries lost their personal part by this one, as `2-4,7`: verification takes any other erased entry for one that was tampered
-- with. It says nothing of people and is part of the hash; no role but the owner of the tables may change it, so it stays when the
-- entry is erased itself.
alter table audit_entries add column erases text check (erases ~ '^[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*$');
