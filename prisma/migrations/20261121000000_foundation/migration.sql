-- The first schema. Three rules hold for every tenant table (a catalogue test checks them):
--   1. the primary key starts with organization_id, so that tables can be distributed by it;
--   2. every foreign key is composite, organization first: a simple one is checked without row-level security and
--      would let one tenant point at a row of another;
--   3. row-level security is enabled and forced, with one policy per command.
-- Migrations run as the owner of the tables; the service runs as weir_app, which owns nothing.

create table users (
  id uuid primary key,
  email text not null unique check (email = lower(email)),
  name text not null,
  password_hash text,
  platform_admin boolean not null default false,
  disabled_at timestamptz(3),
  credentials_changed_at timestamptz(3) not null default now(),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);

create table organizations (
  id uuid primary key,
  kind text not null check (kind in ('personal', 'team')),
  name text not null,
  deleted_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);

create table memberships (
  organization_id uuid not null references organizations on delete cascade,
  id uuid not null,
  user_id uuid not null references users on delete cascade,
  role text not null check (role in ('owner', 'admin', 'builder', 'operator', 'viewer')),
  created_at timestamptz(3) not null default now(),
  primary key (organization_id, id),
  unique (organization_id, user_id)
);
create index memberships_by_user on memberships (user_id);

create table sessions (
  organization_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  ip text,
  user_agent text,
  created_at timestamptz(3) not null,
  last_used_at timestamptz(3) not null,
  idle_expires_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  revoked_at timestamptz(3),
  revoked_reason text,
  primary key (organization_id, id),
  foreign key (organization_id, user_id) references memberships (organization_id, user_id) on delete cascade
);
create index sessions_by_user on sessions (user_id, created_at desc);

-- Every refresh token that was ever issued for a session that lives, so that the second use of an old one is recognised.
-- Keyed by the token's SHA-256. Only the functions below read or write it.
create table refresh_tokens (
  hash bytea primary key,
  organization_id uuid not null,
  session_id uuid not null,
  used_at timestamptz(3),
  created_at timestamptz(3) not null,
  foreign key (organization_id, session_id) references sessions (organization_id, id) on delete cascade
);
create index refresh_tokens_by_session on refresh_tokens (organization_id, session_id);

create table user_settings (
  organization_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  default_llm_provider text,
  model_defaults jsonb not null default '{}',
  theme text not null default 'system' check (theme in ('system', 'light', 'dark')),
  onboarding_completed boolean not null default false,
  tours_completed text[] not null default '{}',
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (organization_id, id),
  unique (organization_id, user_id),
  foreign key (organization_id, user_id) references memberships (organization_id, user_id) on delete cascade
);

-- user_id null: the data key or secret of the organization itself. owner_id names either owner without a null, so that a
-- foreign key can: a data key cannot go while a value is sealed with it, whatever runs at the same time.
create table data_keys (
  organization_id uuid not null references organizations on delete cascade,
  id uuid not null,
  user_id uuid,
  owner_id uuid not null generated always as (coalesce(user_id, organization_id)) stored,
  number int not null,
  wrapped bytea not null,
  master_key_version text not null,
  created_at timestamptz(3) not null default now(),
  retired_at timestamptz(3),
  primary key (organization_id, id),
  unique (organization_id, owner_id, number),
  foreign key (organization_id, user_id) references memberships (organization_id, user_id) on delete cascade
);

create table secrets (
  organization_id uuid not null references organizations on delete cascade,
  id uuid not null,
  user_id uuid,
  owner_id uuid not null generated always as (coalesce(user_id, organization_id)) stored,
  name text not null check (name ~ '^[A-Z][A-Z0-9_]{0,127}$'),
  provider text,
  last_four text,
  version int not null,
  data_key_number int not null,
  nonce bytea not null check (length(nonce) = 12),
  ciphertext bytea not null,
  tag bytea not null check (length(tag) = 16),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  last_used_at timestamptz(3),
  primary key (organization_id, id),
  unique nulls not distinct (organization_id, user_id, name),
  foreign key (organization_id, user_id) references memberships (organization_id, user_id) on delete cascade,
  foreign key (organization_id, owner_id, data_key_number) references data_keys (organization_id, owner_id, number)
);

create table projects (
  organization_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  shared boolean not null default false,
  name text not null,
  description text,
  icon text,
  color text,
  sort_order int not null default 0,
  is_default boolean not null default false,
  archived_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (organization_id, id),
  unique (organization_id, user_id, name),
  unique (organization_id, id, user_id, shared),
  foreign key (organization_id, user_id) references memberships (organization_id, user_id) on delete cascade,
  check (not (is_default and archived_at is not null))
);
create unique index projects_one_default on projects (organization_id, user_id) where is_default;

-- `user_id` and `shared` of a workflow follow its project, and those of a version follow its workflow: the foreign keys
-- carry them along, so that a policy needs no look at another table.
create table workflows (
  organization_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  project_id uuid not null,
  shared boolean not null default false,
  name text not null,
  description text,
  tags text[] not null default '{}',
  revision int not null default 1,
  latest_version int not null,
  published_version int,
  deadline_seconds int not null default 300 check (deadline_seconds between 1 and 3600),
  archived_at timestamptz(3),
  deleted_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (organization_id, id),
  unique (organization_id, id, user_id, shared),
  foreign key (organization_id, project_id, user_id, shared)
    references projects (organization_id, id, user_id, shared) on update cascade on delete cascade
);
create unique index workflows_name_in_project on workflows (organization_id, project_id, name) where deleted_at is null;
create index workflows_by_user on workflows (organization_id, user_id, updated_at desc, id desc) where deleted_at is null;
create index workflows_shared on workflows (organization_id, updated_at desc, id desc) where deleted_at is null and shared;

create table workflow_versions (
  organization_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  workflow_id uuid not null,
  shared boolean not null default false,
  number int not null,
  flow_data json not null,
  content_hash text not null,
  bindings jsonb not null,
  findings jsonb not null,
  interface jsonb not null,
  created_by uuid not null,
  created_at timestamptz(3) not null default now(),
  primary key (organization_id, id),
  unique (organization_id, workflow_id, number),
  foreign key (organization_id, workflow_id, user_id, shared)
    references workflows (organization_id, id, user_id, shared) on update cascade on delete cascade
);

create table engine_flows (
  organization_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  workflow_id uuid not null,
  version_number int not null,
  state text not null default 'pending' check (state in ('pending', 'ready', 'failed', 'deleting')),
  error text,
  attempts int not null default 0,
  next_attempt_at timestamptz(3) not null default now(),
  -- Held by whoever talks to the engine about this copy, so that an older push never overtakes a newer one.
  lease_until timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (organization_id, id),
  unique (organization_id, workflow_id, user_id),
  foreign key (organization_id, workflow_id) references workflows (organization_id, id) on delete cascade
);
create index engine_flows_due on engine_flows (next_attempt_at) where state <> 'ready';

create table engine_credentials (
  organization_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  version int not null,
  data_key_number int not null,
  nonce bytea not null check (length(nonce) = 12),
  ciphertext bytea not null,
  tag bytea not null check (length(tag) = 16),
  created_at timestamptz(3) not null default now(),
  primary key (organization_id, id),
  unique (organization_id, user_id),
  foreign key (organization_id, user_id) references memberships (organization_id, user_id) on delete cascade,
  foreign key (organization_id, user_id, data_key_number) references data_keys (organization_id, owner_id, number)
);

create table conversations (
  organization_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  workflow_id uuid not null,
  title text,
  last_message_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (organization_id, id),
  unique (organization_id, id, user_id),
  foreign key (organization_id, user_id) references memberships (organization_id, user_id) on delete cascade,
  foreign key (organization_id, workflow_id) references workflows (organization_id, id) on delete cascade
);
create index conversations_by_workflow
  on conversations (organization_id, user_id, workflow_id, last_message_at desc, id desc) where deleted_at is null;
create index conversations_deleted on conversations (deleted_at) where deleted_at is not null;

create table runs (
  organization_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  workflow_id uuid not null,
  version_number int not null,
  conversation_id uuid,
  mode text not null check (mode in ('sync', 'stream', 'async')),
  state text not null check (state in
    ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'timed_out', 'lost', 'expired')),
  attempt int not null default 1,
  execution_mode text not null check (execution_mode in ('engine', 'simulated')),
  input text not null,
  output json,
  error jsonb,
  input_tokens int,
  output_tokens int,
  total_tokens int,
  engine_ms int,
  request_id text not null,
  deadline_at timestamptz(3) not null,
  lease_until timestamptz(3),
  cancel_requested boolean not null default false,
  created_at timestamptz(3) not null,
  started_at timestamptz(3),
  finished_at timestamptz(3),
  primary key (organization_id, id),
  unique (organization_id, id, user_id),
  foreign key (organization_id, user_id) references memberships (organization_id, user_id) on delete cascade,
  foreign key (organization_id, workflow_id, version_number)
    references workflow_versions (organization_id, workflow_id, number) on delete cascade,
  foreign key (organization_id, conversation_id, user_id)
    references conversations (organization_id, id, user_id) on delete set null (conversation_id)
);
create index runs_by_user on runs (organization_id, user_id, created_at desc, id desc);
create index runs_by_workflow on runs (organization_id, workflow_id, created_at desc, id desc);
create index runs_by_conversation on runs (organization_id, conversation_id) where conversation_id is not null;
create index runs_leased on runs (lease_until) where state = 'running';

create table run_events (
  organization_id uuid not null,
  run_id uuid not null,
  sequence int not null,
  user_id uuid not null,
  type text not null,
  data json not null,
  created_at timestamptz(3) not null default now(),
  primary key (organization_id, run_id, sequence),
  foreign key (organization_id, run_id, user_id) references runs (organization_id, id, user_id) on delete cascade
);

create table messages (
  organization_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  conversation_id uuid not null,
  run_id uuid,
  role text not null check (role in ('user', 'assistant')),
  status text not null check (status in ('pending', 'complete', 'partial', 'failed')),
  content text not null,
  original_content text,
  input_tokens int,
  output_tokens int,
  duration_ms int,
  feedback text check (feedback in ('positive', 'negative')),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, conversation_id, user_id)
    references conversations (organization_id, id, user_id) on delete cascade,
  foreign key (organization_id, run_id, user_id)
    references runs (organization_id, id, user_id) on delete set null (run_id)
);
create index messages_by_conversation on messages (organization_id, conversation_id, id);
create index messages_by_run on messages (organization_id, run_id) where run_id is not null;

-- Usage outlives runs and workflows, so it refers to them by value.
create table ledger_entries (
  organization_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  run_id uuid not null,
  workflow_id uuid not null,
  state text not null,
  input_tokens int not null,
  output_tokens int not null,
  total_tokens int not null,
  duration_ms int not null,
  execution_mode text not null,
  created_at timestamptz(3) not null,
  primary key (organization_id, id),
  unique (organization_id, run_id),
  foreign key (organization_id) references organizations on delete cascade
);
create index ledger_entries_by_user on ledger_entries (organization_id, user_id, created_at desc);

create table audit_events (
  organization_id uuid not null references organizations on delete cascade,
  id uuid not null,
  user_id uuid not null,
  on_behalf_of uuid,
  via text not null,
  action text not null,
  object_type text not null,
  object_id text,
  changes jsonb not null default '{}',
  ip text,
  request_id text not null,
  created_at timestamptz(3) not null,
  primary key (organization_id, id)
);
create index audit_events_by_time on audit_events (organization_id, created_at desc, id desc);

create table idempotency_keys (
  organization_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  key text not null,
  request_hash text not null,
  status int,
  body json,
  run_id uuid,
  locked_until timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  created_at timestamptz(3) not null default now(),
  primary key (organization_id, id),
  unique (organization_id, user_id, key),
  foreign key (organization_id, user_id) references memberships (organization_id, user_id) on delete cascade
);
create index idempotency_keys_expired on idempotency_keys (expires_at);

-- Counters of the rate limiter (the layout is the library's). Keys are hashes; there is no tenant data here.
create table rate_limits (
  key text primary key,
  points int not null default 0,
  expire bigint
);

create table key_ring_checks (
  id int primary key default 1 check (id = 1),
  sealed text not null,
  created_at timestamptz(3) not null default now()
);

---------------------------------------------------------------------------------------------------------------------
-- Row-level security for weir_app. The settings are read through a sub-select so that they are evaluated once a query;
-- an unset one is null, which equals nothing: no context, no rows, no inserts.
---------------------------------------------------------------------------------------------------------------------

do $$
declare
  organization constant text := $p$organization_id = (select nullif(current_setting('app.organization_id', true), '')::uuid)$p$;
  me constant text := $p$user_id = (select nullif(current_setting('app.user_id', true), '')::uuid)$p$;
  t text;
  readable text;
  writable text;
begin
  -- Strictly the person's own.
  foreach t in array array['memberships', 'sessions', 'user_settings', 'engine_flows', 'engine_credentials', 'conversations',
    'runs', 'run_events', 'messages', 'ledger_entries', 'audit_events', 'idempotency_keys', 'projects', 'workflows',
    'workflow_versions', 'secrets', 'data_keys']
  loop
    readable := case
      when t in ('projects', 'workflows', 'workflow_versions') then format('%s and (%s or shared)', organization, me)
      when t in ('secrets', 'data_keys') then format('%s and (%s or user_id is null)', organization, me)
      else format('%s and %s', organization, me)
    end;
    -- What belongs to the organization itself has no person; which of its members may change it is the service's rule.
    writable := case when t in ('secrets', 'data_keys') then readable else format('%s and %s', organization, me) end;
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy %I on %I for select to weir_app using (%s)', t || '_select', t, readable);
    execute format('create policy %I on %I for insert to weir_app with check (%s)', t || '_insert', t, writable);
    execute format('create policy %I on %I for update to weir_app using (%s) with check (%s)', t || '_update', t, writable, writable);
    execute format('create policy %I on %I for delete to weir_app using (%s)', t || '_delete', t, writable);
  end loop;
end
$$;

alter table users enable row level security;
alter table users force row level security;
create policy users_select on users for select to weir_app using (id = (select nullif(current_setting('app.user_id', true), '')::uuid));
create policy users_insert on users for insert to weir_app
  with check (id = (select nullif(current_setting('app.user_id', true), '')::uuid) and not platform_admin);
create policy users_update on users for update to weir_app
  using (id = (select nullif(current_setting('app.user_id', true), '')::uuid))
  with check (id = (select nullif(current_setting('app.user_id', true), '')::uuid));
create policy users_delete on users for delete to weir_app using (false);

alter table organizations enable row level security;
alter table organizations force row level security;
create policy organizations_select on organizations for select to weir_app using (id = (select nullif(current_setting('app.organization_id', true), '')::uuid));
create policy organizations_insert on organizations for insert to weir_app with check (id = (select nullif(current_setting('app.organization_id', true), '')::uuid));
create policy organizations_update on organizations for update to weir_app
  using (id = (select nullif(current_setting('app.organization_id', true), '')::uuid))
  with check (id = (select nullif(current_setting('app.organization_id', true), '')::uuid));
create policy organizations_delete on organizations for delete to weir_app using (false);

-- weir_app gets no policy here: the table is reached through functions alone.
alter table refresh_tokens enable row level security;
alter table refresh_tokens force row level security;

---------------------------------------------------------------------------------------------------------------------
-- Work without a person. The functions below run as the owner of the tables, who is bound by FORCE like everybody; the
-- policies named system_* open exactly the tables that they need. Each function returns ids, or one row by exact key.
---------------------------------------------------------------------------------------------------------------------

do $$
declare
  t text;
begin
  foreach t in array array['users', 'organizations', 'memberships', 'sessions', 'refresh_tokens', 'engine_flows', 'conversations',
    'runs', 'data_keys', 'secrets', 'idempotency_keys', 'workflows']
  loop
    execute format('create policy %I on %I to current_user using (true) with check (true)', 'system_' || t, t);
  end loop;
end
$$;

-- Sign-in: one account by its exact address. `known_address` tells whether this address signed in before: the throttle
-- then counts it apart, so that a stranger's failures cannot lock the owner out.
create function find_login(login_email text, from_ip text)
returns table (user_id uuid, organization_id uuid, password_hash text, disabled boolean, known_address boolean)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select u.id, m.organization_id, u.password_hash, u.disabled_at is not null,
    exists (select 1 from sessions s where s.user_id = u.id and s.ip = from_ip and s.created_at > now() - interval '90 days')
  from users u
  join memberships m on m.user_id = u.id
  join organizations o on o.id = m.organization_id and o.deleted_at is null
  where u.email = login_email
  order by (o.kind = 'personal') desc, m.created_at
  limit 1
$$;

-- The first token of a new session. Only for a session of the actor, although the function could see all of them.
create function add_refresh_token(token_hash bytea, for_organization uuid, for_session uuid, at timestamptz)
returns void
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into refresh_tokens (hash, organization_id, session_id, created_at)
  select token_hash, s.organization_id, s.id, at from sessions s
  where s.organization_id = for_organization and s.id = for_session
    and s.organization_id = nullif(current_setting('app.organization_id', true), '')::uuid
    and s.user_id = nullif(current_setting('app.user_id', true), '')::uuid
$$;

-- Refresh, in one statement's time: exactly one of many parallel uses of a token gets `rotated`. A second use revokes the session.
create function rotate_refresh_token(old_hash bytea, new_hash bytea, at timestamptz, idle_until timestamptz)
returns table (outcome text, session_id uuid, user_id uuid, organization_id uuid)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  token refresh_tokens;
  session sessions;
  account users;
begin
  select * into token from refresh_tokens r where r.hash = old_hash for update;
  if not found then
    return query select 'unknown'::text, null::uuid, null::uuid, null::uuid;
    return;
  end if;
  select * into session from sessions s
    where s.organization_id = token.organization_id and s.id = token.session_id for update;
  select * into account from users u where u.id = session.user_id;
  if session.revoked_at is not null or account.disabled_at is not null or not exists (
    select 1 from organizations o where o.id = session.organization_id and o.deleted_at is null) then
    return query select 'revoked'::text, session.id, session.user_id, session.organization_id;
  elsif token.used_at is not null then
    update sessions s set revoked_at = at, revoked_reason = 'refresh token used twice'
      where s.organization_id = session.organization_id and s.id = session.id;
    return query select 'reused'::text, session.id, session.user_id, session.organization_id;
  elsif session.idle_expires_at <= at or session.expires_at <= at then
    return query select 'expired'::text, session.id, session.user_id, session.organization_id;
  else
    update refresh_tokens r set used_at = at where r.hash = old_hash;
    insert into refresh_tokens (hash, organization_id, session_id, created_at)
      values (new_hash, session.organization_id, session.id, at);
    update sessions s set last_used_at = at, idle_expires_at = least(idle_until, s.expires_at)
      where s.organization_id = session.organization_id and s.id = session.id;
    return query select 'rotated'::text, session.id, session.user_id, session.organization_id;
  end if;
end
$$;

-- Engine copies that are due; the claim takes their lease, so two processes never work on the same one.
create function claim_engine_flows(how_many int, lease_seconds int)
returns table (organization_id uuid, user_id uuid, id uuid)
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
  update engine_flows f set lease_until = now() + make_interval(secs => lease_seconds)
  where (f.organization_id, f.id) in (
    select d.organization_id, d.id from engine_flows d
    where d.state <> 'ready' and d.next_attempt_at <= now() and (d.lease_until is null or d.lease_until < now())
    order by d.next_attempt_at
    limit how_many
    for update skip locked)
  returning f.organization_id, f.user_id, f.id
$$;

create function find_deleted_conversations(how_many int)
returns table (organization_id uuid, user_id uuid, id uuid)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select c.organization_id, c.user_id, c.id from conversations c
  where c.deleted_at is not null order by c.deleted_at limit how_many
$$;

-- Runs whose process stopped extending the lease.
create function find_lost_runs(at timestamptz, how_many int)
returns table (organization_id uuid, user_id uuid, id uuid)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select r.organization_id, r.user_id, r.id from runs r
  where r.state = 'running' and r.lease_until < at order by r.lease_until limit how_many
$$;

-- The runs that one process executes, told by parallel arrays: the ones that are still its own get a longer lease and come back.
create function extend_run_leases(organization_ids uuid[], run_ids uuid[], attempts int[], until timestamptz)
returns table (id uuid)
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
  update runs r set lease_until = until
  from unnest(organization_ids, run_ids, attempts) as mine (organization_id, id, attempt)
  where r.organization_id = mine.organization_id and r.id = mine.id and r.attempt = mine.attempt and r.state = 'running'
  returning r.id
$$;

-- Of the runs that one process executes, those that somebody wants cancelled.
create function find_cancel_requests(organization_ids uuid[], run_ids uuid[])
returns table (id uuid)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select r.id from runs r
  join unnest(organization_ids, run_ids) as mine (organization_id, id)
    on r.organization_id = mine.organization_id and r.id = mine.id
  where r.state = 'running' and r.cancel_requested
$$;

-- Deleted workflows without an engine copy and deleted organizations without a workflow are gone for good.
create function purge_deleted() returns table (organizations_purged int, workflows_purged int, idempotency_keys_purged int)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  gone_workflows int;
  gone_organizations int;
  gone_keys int;
begin
  delete from workflows w where w.deleted_at is not null
    and not exists (select 1 from engine_flows f where f.organization_id = w.organization_id and f.workflow_id = w.id);
  get diagnostics gone_workflows = row_count;
  delete from users u where exists (
    select 1 from memberships m join organizations o on o.id = m.organization_id
    where m.user_id = u.id and o.kind = 'personal' and o.deleted_at is not null
      and not exists (select 1 from workflows w where w.organization_id = o.id));
  delete from organizations o where o.deleted_at is not null
    and not exists (select 1 from workflows w where w.organization_id = o.id);
  get diagnostics gone_organizations = row_count;
  delete from idempotency_keys i where i.expires_at < now();
  get diagnostics gone_keys = row_count;
  -- Counters whose window has passed; `expire` is in milliseconds.
  delete from rate_limits r where r.expire < extract(epoch from now()) * 1000;
  return query select gone_organizations, gone_workflows, gone_keys;
end
$$;

-- For `weir seed`: is there an account of this address, and is it the administrator's? No row: there is none.
create function find_platform_admin(login_email text) returns table (platform_admin boolean)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select u.platform_admin from users u where u.email = login_email
$$;

-- For `weir seed`: makes a person the first administrator of the installation; false when there is one already. Everything
-- else about administrators is out of the service's reach: weir_app may not write the column.
create function claim_platform_admin(for_user uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  -- Two at once: one waits.
  perform pg_advisory_xact_lock(5317903);
  if exists (select 1 from users u where u.platform_admin) then
    return false;
  end if;
  update users u set platform_admin = true where u.id = for_user;
  return found;
end
$$;

-- For `weir keys`: the owners of data keys, in a stable order, to walk through in batches.
create function list_data_key_owners(after_organization uuid, after_user uuid, how_many int)
returns table (organization_id uuid, user_id uuid)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select distinct k.organization_id, coalesce(k.user_id, '00000000-0000-0000-0000-000000000000'::uuid) as owner
  from data_keys k
  where (k.organization_id, coalesce(k.user_id, '00000000-0000-0000-0000-000000000000'::uuid)) > (after_organization, after_user)
  order by 1, 2
  limit how_many
$$;

-- For `weir keys status`: how many data keys each master key version wraps, and how many values each key number seals.
create function count_data_keys() returns table (master_key_version text, data_keys bigint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select k.master_key_version, count(*) from data_keys k group by 1 order by 1
$$;

do $$
declare
  f text;
begin
  foreach f in array array['find_login(text, text)', 'add_refresh_token(bytea, uuid, uuid, timestamptz)',
    'rotate_refresh_token(bytea, bytea, timestamptz, timestamptz)', 'claim_engine_flows(int, int)',
    'find_deleted_conversations(int)', 'find_lost_runs(timestamptz, int)', 'purge_deleted()',
    'extend_run_leases(uuid[], uuid[], int[], timestamptz)', 'find_cancel_requests(uuid[], uuid[])',
    'list_data_key_owners(uuid, uuid, int)', 'count_data_keys()', 'find_platform_admin(text)', 'claim_platform_admin(uuid)']
  loop
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to weir_app', f);
  end loop;
end
$$;

---------------------------------------------------------------------------------------------------------------------
-- What weir_app may do at all. Versions, events, usage and audit are append-only by grant, not by good manners.
---------------------------------------------------------------------------------------------------------------------

grant usage on schema public to weir_app;
-- Read by the readiness check.
grant select on _prisma_migrations to weir_app;
grant select, insert, update, delete on memberships, sessions, user_settings, data_keys, secrets, projects, workflows,
  engine_flows, engine_credentials, conversations, runs, messages, idempotency_keys, rate_limits to weir_app;
grant select, insert, update on organizations to weir_app;
-- Not platform_admin: the policy refuses it in an insert, the columns here in an update.
grant select, insert, update (email, name, password_hash, disabled_at, credentials_changed_at, updated_at) on users to weir_app;
grant select, insert on workflow_versions, run_events, ledger_entries, audit_events to weir_app;
grant select, insert, update on key_ring_checks to weir_app;
