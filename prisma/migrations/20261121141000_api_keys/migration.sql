-- Keys for programs, the slugs of workflows, and runs that tell which key started them.

create table api_keys (
  organization_id uuid not null,
  id uuid not null,
  -- Who made it: the key acts as this person, with this person's present role.
  user_id uuid not null,
  name text not null,
  -- SHA-256 of the whole key: who reads the table can use none.
  secret_hash bytea not null,
  last_four text not null,
  scopes text[] not null check (cardinality(scopes) > 0),
  -- Null: every workflow that the person can see.
  workflow_ids uuid[] check (cardinality(workflow_ids) > 0),
  -- Addresses and networks; null: from everywhere.
  ip_list text[] check (cardinality(ip_list) > 0),
  expires_at timestamptz(3),
  requests_per_minute int check (requests_per_minute > 0),
  runs_per_month int check (runs_per_month > 0),
  last_used_at timestamptz(3),
  last_used_ip text,
  revoked_at timestamptz(3),
  -- End of the overlap, when another key took its place.
  valid_until timestamptz(3),
  rotated_from uuid,
  -- The first key of a chain of rotations. Limits are counted by it: a rotation neither renews nor doubles them.
  lineage_id uuid not null,
  created_at timestamptz(3) not null,
  primary key (organization_id, id),
  foreign key (organization_id, user_id) references memberships (organization_id, user_id) on delete cascade
);
-- A key is looked up before its organization is known.
create unique index api_keys_by_id on api_keys (id);
create index api_keys_by_user on api_keys (organization_id, user_id, created_at desc, id desc) where revoked_at is null;

-- Runs of a calendar month (UTC), for keys with a monthly limit.
create table api_key_usage (
  organization_id uuid not null,
  lineage_id uuid not null,
  month timestamptz(3) not null,
  user_id uuid not null,
  runs int not null,
  created_at timestamptz(3) not null default now(),
  primary key (organization_id, lineage_id, month),
  foreign key (organization_id, user_id) references memberships (organization_id, user_id) on delete cascade
);

do $$
declare
  own constant text := $p$organization_id = (select nullif(current_setting('app.organization_id', true), '')::uuid) and user_id = (select nullif(current_setting('app.user_id', true), '')::uuid)$p$;
  t text;
begin
  foreach t in array array['api_keys', 'api_key_usage']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy %I on %I for select to weir_app using (%s)', t || '_select', t, own);
    execute format('create policy %I on %I for insert to weir_app with check (%s)', t || '_insert', t, own);
    execute format('create policy %I on %I for update to weir_app using (%s) with check (%s)', t || '_update', t, own, own);
    execute format('create policy %I on %I for delete to weir_app using (%s)', t || '_delete', t, own);
  end loop;
  execute 'create policy system_api_keys on api_keys to current_user using (true) with check (true)';
end
$$;

-- What a key may and whose it is never changes; nobody deletes the trace of one.
grant select, insert, update (last_used_at, last_used_ip, revoked_at, valid_until) on api_keys to weir_app;
grant select, insert, update (runs) on api_key_usage to weir_app;

-- One key by its exact id, with what its maker is now. No row: there is none, or its maker or its organization ended.
create function find_api_key(key_id uuid)
returns table (organization_id uuid, id uuid, user_id uuid, lineage_id uuid, secret_hash bytea, scopes text[],
  workflow_ids uuid[], ip_list text[], expires_at timestamptz, requests_per_minute int, last_used_at timestamptz,
  revoked_at timestamptz, valid_until timestamptz, role text, suspended_reason text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select k.organization_id, k.id, k.user_id, k.lineage_id, k.secret_hash, k.scopes, k.workflow_ids, k.ip_list, k.expires_at,
    k.requests_per_minute, k.last_used_at, k.revoked_at, k.valid_until, m.role, o.suspended_reason
  from api_keys k
  join memberships m on m.organization_id = k.organization_id and m.user_id = k.user_id and m.removed_at is null
  join users u on u.id = k.user_id and u.disabled_at is null
  join organizations o on o.id = k.organization_id and o.deleted_at is null
  where k.id = key_id
$$;

-- By value: a run stays when its key does not.
alter table runs add column api_key_id uuid;

-- Counts the run of a key with a monthly limit in the transaction that makes the run: two runs at once wait for each other
-- on the counter's row, and a run that fails to start is not counted. WR002 is the service's `quota_exceeded`.
create function count_api_key_run() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  allowed int;
  lineage uuid;
begin
  select k.runs_per_month, k.lineage_id into allowed, lineage from api_keys k
    where k.organization_id = new.organization_id and k.id = new.api_key_id;
  if allowed is null then
    return new;
  end if;
  insert into api_key_usage as u (organization_id, user_id, lineage_id, month, runs)
    values (new.organization_id, new.user_id, lineage, date_trunc('month', new.created_at, 'UTC'), 1)
    on conflict (organization_id, lineage_id, month) do update set runs = u.runs + 1 where u.runs < allowed;
  if not found then
    raise exception using errcode = 'WR002', message = 'the runs of the month are used up';
  end if;
  return new;
end
$$;
create trigger runs_of_api_key before insert on runs
  for each row when (new.api_key_id is not null) execute function count_api_key_run();

-- The name of a workflow in addresses. Workflows that were there before get one that nobody has to like.
alter table workflows add column slug text not null default 'workflow-' || replace(gen_random_uuid()::text, '-', '')
  check (slug ~ '^[a-z0-9](?:[a-z0-9-]{1,61}[a-z0-9])$');
create unique index workflows_slug on workflows (organization_id, slug) where deleted_at is null;

-- `wanted` itself, or with the first number that is free in the actor's organization. Needs to see workflows that are not the
-- actor's. Whoever asks next waits for the end of this transaction.
create function free_workflow_slug(wanted text) returns text
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  number int := 1;
  candidate text := wanted;
begin
  perform pg_advisory_xact_lock(hashtextextended('workflow slugs of ' || actor_organization()::text, 0));
  while exists (
    select 1 from workflows w where w.organization_id = actor_organization() and w.slug = candidate and w.deleted_at is null)
  loop
    number := number + 1;
    candidate := wanted || '-' || number;
  end loop;
  return candidate;
end
$$;

do $$
declare
  f text;
begin
  foreach f in array array['find_api_key(uuid)', 'free_workflow_slug(text)']
  loop
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to weir_app', f);
  end loop;
  execute 'revoke all on function count_api_key_run() from public';
end
$$;
