-- An audit trail that a customer can verify without us. Writing an event stays a plain insert in the transaction of the
-- change: a chain has one end, and every run would wait for its lock. A loop seals the events afterwards, one organization
-- at a time, and signs how far it came. docs/audit.md has the format.

-- Event number n of an organization, and the hash over everything up to it.
create table audit_links (
  organization_id uuid not null references organizations on delete cascade,
  sequence bigint not null check (sequence > 0),
  event_id uuid not null,
  hash bytea not null check (length(hash) = 32),
  created_at timestamptz(3) not null,
  primary key (organization_id, sequence),
  unique (organization_id, event_id),
  foreign key (organization_id, event_id) references audit_events (organization_id, id) on delete cascade
);

-- Signed statements of how far the chain went, one for each time that it grew. The public key stands beside its
-- signature, so that a checkpoint can be verified long after the key was replaced.
create table audit_checkpoints (
  organization_id uuid not null references organizations on delete cascade,
  sequence bigint not null,
  hash bytea not null check (length(hash) = 32),
  public_key bytea not null check (length(public_key) = 32),
  key_id text not null,
  signature bytea not null check (length(signature) = 64),
  created_at timestamptz(3) not null,
  primary key (organization_id, sequence),
  foreign key (organization_id, sequence) references audit_links (organization_id, sequence) on delete cascade
);

-- What waits to be sealed. "Newer than the last sealed one" would not do: a transaction that commits late brings an event
-- that is older. Written and emptied by the triggers below alone, so an event leaves only by getting its link.
create table audit_unsealed (
  organization_id uuid not null references organizations on delete cascade,
  created_at timestamptz(3) not null,
  event_id uuid not null,
  primary key (organization_id, created_at, event_id),
  foreign key (organization_id, event_id) references audit_events (organization_id, id) on delete cascade
);

-- The trail is the organization's, not one person's: an administrator must see what a colleague did. Which roles may look
-- is the permission audit:read. An event is still written in the own name only; that policy stays.
do $$
declare
  organization constant text := $p$organization_id = (select nullif(current_setting('app.organization_id', true), '')::uuid)$p$;
  t text;
begin
  execute format('alter policy audit_events_select on audit_events using (%s)', organization);
  foreach t in array array['audit_links', 'audit_checkpoints', 'audit_unsealed']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy %I on %I for select to weir_app using (%s)', t || '_select', t, organization);
    execute format('create policy %I on %I for insert to weir_app with check (%s)', t || '_insert', t, organization);
    execute format('create policy %I on %I for update to weir_app using (%s) with check (%s)', t || '_update', t, organization, organization);
    execute format('create policy %I on %I for delete to weir_app using (%s)', t || '_delete', t, organization);
  end loop;
  execute 'create policy system_audit_unsealed on audit_unsealed to current_user using (true) with check (true)';
  execute 'create policy system_audit_events on audit_events for select to current_user using (true)';
end
$$;

-- Append-only by grant; the marks are the triggers'.
grant select, insert on audit_links, audit_checkpoints to weir_app;
grant select on audit_unsealed to weir_app;

create function mark_audit_unsealed() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into audit_unsealed (organization_id, created_at, event_id)
    select e.organization_id, e.created_at, e.id from new_events e;
  return null;
end
$$;

create function unmark_audit_unsealed() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  delete from audit_unsealed u using new_links l, audit_events e
    where e.organization_id = l.organization_id and e.id = l.event_id
      and u.organization_id = e.organization_id and u.created_at = e.created_at and u.event_id = e.id;
  return null;
end
$$;

-- Organizations whose chain has to grow, each with somebody who acted in it.
create function find_unsealed_organizations(how_many int)
returns table (organization_id uuid, user_id uuid)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select o.organization_id, e.user_id
  from (select distinct u.organization_id from audit_unsealed u limit how_many) o
  cross join lateral (
    select e.user_id from audit_unsealed u join audit_events e on e.organization_id = u.organization_id and e.id = u.event_id
    where u.organization_id = o.organization_id limit 1) e
$$;

do $$
declare
  f text;
begin
  foreach f in array array['mark_audit_unsealed()', 'unmark_audit_unsealed()', 'find_unsealed_organizations(int)']
  loop
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to weir_app', f);
  end loop;
end
$$;

-- One statement for all rows of an insert, not one a row.
create trigger audit_events_unsealed after insert on audit_events
  referencing new table as new_events for each statement execute function mark_audit_unsealed();
create trigger audit_links_sealed after insert on audit_links
  referencing new table as new_links for each statement execute function unmark_audit_unsealed();

-- What was written before there was a chain.
insert into audit_unsealed (organization_id, created_at, event_id)
  select e.organization_id, e.created_at, e.id from audit_events e;
