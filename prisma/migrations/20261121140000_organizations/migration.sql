-- Organizations with several members: slugs, suspension, deletion with grace, invitations.

alter table organizations
  add column slug text unique check (slug ~ '^[a-z0-9](?:[a-z0-9-]{1,61}[a-z0-9])$'),
  add column suspended_at timestamptz(3),
  add column suspended_reason text,
  add column purge_after timestamptz(3),
  add check ((suspended_at is null) = (suspended_reason is null));

-- Somebody who was removed keeps the row: everything that the person made here refers to it, and what was shared with the
-- organization must not vanish with its maker. Whoever asks for a role asks for `removed_at is null`.
alter table memberships add column removed_at timestamptz(3);

-- Every slug that an organization has or had: an old one still leads to it, and nobody else can take it. Only the functions
-- below read or write it; a slug is looked up before the organization is known, so its key is not the organization's.
create table organization_slugs (
  slug text primary key check (slug ~ '^[a-z0-9](?:[a-z0-9-]{1,61}[a-z0-9])$'),
  organization_id uuid not null references organizations on delete cascade,
  retired_at timestamptz(3),
  created_at timestamptz(3) not null default now()
);
create index organization_slugs_by_organization on organization_slugs (organization_id);
alter table organization_slugs enable row level security;
alter table organization_slugs force row level security;

create table invitations (
  organization_id uuid not null references organizations on delete cascade,
  id uuid not null,
  email text not null check (email = lower(email)),
  role text not null check (role in ('owner', 'admin', 'builder', 'operator', 'viewer')),
  -- SHA-256 of the token: who reads the table cannot accept anything.
  token_hash bytea not null unique,
  invited_by uuid not null,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  accepted_at timestamptz(3),
  revoked_at timestamptz(3),
  primary key (organization_id, id),
  foreign key (organization_id, invited_by) references memberships (organization_id, user_id) on delete cascade
);
-- One open invitation for each address: two at once make one.
create unique index invitations_open on invitations (organization_id, email) where accepted_at is null and revoked_at is null;

-- Memberships and invitations are the organization's, not one person's: a member sees who else is one. A membership is
-- inserted by its own person only (sign-up, a new organization, an accepted invitation) and changed by change_membership()
-- alone, which knows the roles: were it an ordinary update, one forgotten condition would change everybody's.
do $$
declare
  organization constant text := $p$organization_id = (select nullif(current_setting('app.organization_id', true), '')::uuid)$p$;
begin
  execute 'alter table invitations enable row level security';
  execute 'alter table invitations force row level security';
  execute format('create policy invitations_select on invitations for select to weir_app using (%s)', organization);
  execute format('create policy invitations_insert on invitations for insert to weir_app with check (%s)', organization);
  execute format('create policy invitations_update on invitations for update to weir_app using (%s) with check (%s)',
    organization, organization);
  execute format('create policy invitations_delete on invitations for delete to weir_app using (%s)', organization);
  execute format('alter policy memberships_select on memberships using (%s)', organization);
  execute 'create policy system_organization_slugs on organization_slugs to current_user using (true) with check (true)';
  execute 'create policy system_invitations on invitations to current_user using (true) with check (true)';
end
$$;

grant select, insert, update on invitations to weir_app;
-- Slugs and suspensions change through the functions below alone; a membership is never given to another person.
revoke insert, update on organizations from weir_app;
grant insert (id, kind, name, created_at, updated_at), update (name, deleted_at, purge_after, updated_at) on organizations
  to weir_app;
revoke update, delete on memberships from weir_app;

---------------------------------------------------------------------------------------------------------------------
-- What crosses organizations. Each function is bound to the actor by the settings, although it could see everything.
---------------------------------------------------------------------------------------------------------------------

create function actor_user() returns uuid
language sql stable set search_path = pg_catalog, pg_temp as $$
  select nullif(current_setting('app.user_id', true), '')::uuid
$$;

create function actor_organization() returns uuid
language sql stable set search_path = pg_catalog, pg_temp as $$
  select nullif(current_setting('app.organization_id', true), '')::uuid
$$;

-- Sign-in: as before, and never into an organization that the person was removed from.
create or replace function find_login(login_email text, from_ip text)
returns table (user_id uuid, organization_id uuid, password_hash text, disabled boolean, known_address boolean)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select u.id, m.organization_id, u.password_hash, u.disabled_at is not null,
    exists (select 1 from sessions s where s.user_id = u.id and s.ip = from_ip and s.created_at > now() - interval '90 days')
  from users u
  join memberships m on m.user_id = u.id and m.removed_at is null
  join organizations o on o.id = m.organization_id and o.deleted_at is null
  where u.email = login_email
  order by (o.kind = 'personal') desc, m.created_at
  limit 1
$$;

-- The organizations of the actor after one place of the list, in the order of joining.
create function list_own_organizations(after_at timestamptz, after_id uuid, how_many int)
returns table (id uuid, kind text, name text, slug text, suspended_reason text, role text, joined_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select o.id, o.kind, o.name, o.slug, o.suspended_reason, m.role, m.created_at
  from memberships m join organizations o on o.id = m.organization_id and o.deleted_at is null
  where m.user_id = actor_user() and m.removed_at is null
    and (after_at is null or (m.created_at, o.id) > (after_at, after_id))
  order by m.created_at, o.id
  limit how_many
$$;

-- One of them, by its id or by a slug that it has or had. No row: there is none, or the actor is no member.
create function find_own_organization(by_id uuid, by_slug text)
returns table (id uuid, kind text, name text, slug text, suspended_reason text, role text, joined_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select o.id, o.kind, o.name, o.slug, o.suspended_reason, m.role, m.created_at
  from memberships m join organizations o on o.id = m.organization_id and o.deleted_at is null
  where m.user_id = actor_user() and m.removed_at is null
    and o.id = coalesce(by_id, (select s.organization_id from organization_slugs s where s.slug = by_slug))
$$;

-- Gives the actor's organization a slug. False when another one has it or had it. The old one stays reserved.
create function claim_slug(new_slug text, at timestamptz) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into organization_slugs (slug, organization_id) values (new_slug, actor_organization())
    on conflict (slug) do update set retired_at = null where organization_slugs.organization_id = excluded.organization_id;
  if not found then
    return false;
  end if;
  update organization_slugs s set retired_at = at
    where s.organization_id = actor_organization() and s.slug <> new_slug and s.retired_at is null;
  update organizations o set slug = new_slug, updated_at = at where o.id = actor_organization();
  return true;
end
$$;

-- The members of the actor's organization with their names, after one place of the list. Nobody but a member sees them.
create function list_members(after_at timestamptz, after_id uuid, how_many int)
returns table (id uuid, user_id uuid, name text, email text, role text, created_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select m.id, m.user_id, u.name, u.email, m.role, m.created_at
  from memberships m join users u on u.id = m.user_id
  where m.organization_id = actor_organization() and m.removed_at is null
    and (after_at is null or (m.created_at, m.id) > (after_at, after_id))
    and exists (select 1 from memberships me
      where me.organization_id = actor_organization() and me.user_id = actor_user() and me.removed_at is null)
  order by m.created_at, m.id
  limit how_many
$$;

-- Gives a member another role, or ends the membership (null leaves the other as it is). Who may do it is the service's rule,
-- and the floor of it is here: nobody but owners and admins for others, nobody but owners about owners, and for oneself
-- nothing but leaving. False when that, or the member, is missing.
create function change_membership(of_user uuid, new_role text, removed timestamptz) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  own_role text;
begin
  select m.role into own_role from memberships m
    where m.organization_id = actor_organization() and m.user_id = actor_user() and m.removed_at is null;
  if own_role is null or (of_user = actor_user() and new_role is not null)
    or (of_user <> actor_user() and own_role not in ('owner', 'admin')) then
    return false;
  end if;
  update memberships m set role = coalesce(new_role, m.role), removed_at = coalesce(removed, m.removed_at)
    where m.organization_id = actor_organization() and m.user_id = of_user and m.removed_at is null
      and (own_role = 'owner' or (m.role <> 'owner' and new_role is distinct from 'owner'));
  return found;
end
$$;

create function find_member(of_user uuid)
returns table (id uuid, user_id uuid, name text, email text, role text, created_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select m.id, m.user_id, u.name, u.email, m.role, m.created_at
  from memberships m join users u on u.id = m.user_id
  where m.organization_id = actor_organization() and m.user_id = of_user and m.removed_at is null
    and exists (select 1 from memberships me
      where me.organization_id = actor_organization() and me.user_id = actor_user() and me.removed_at is null)
$$;

-- Whether an address is a member's, for the actor's own organization only: it tells nothing about other accounts.
create function is_member_address(of_email text) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select 1 from memberships m join users u on u.id = m.user_id
    where m.organization_id = actor_organization() and m.removed_at is null and u.email = of_email)
$$;

-- Ends sessions in the actor's organization: one person's, or (null) everybody's.
create function end_organization_sessions(of_user uuid, at timestamptz, reason text) returns int
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
  with ended as (
    update sessions s set revoked_at = at, revoked_reason = reason
    where s.organization_id = actor_organization() and (of_user is null or s.user_id = of_user) and s.revoked_at is null
      and exists (select 1 from memberships me
        where me.organization_id = actor_organization() and me.user_id = actor_user())
    returning 1)
  select count(*)::int from ended
$$;

-- The actor's sessions in every organization, but for one: a changed password must not leave any of them alive.
create function end_my_sessions(at timestamptz, reason text, except_session uuid) returns int
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
  with ended as (
    update sessions s set revoked_at = at, revoked_reason = reason
    where s.user_id = actor_user() and s.revoked_at is null and (except_session is null or s.id <> except_session)
    returning 1)
  select count(*)::int from ended
$$;

-- The invitation behind a link, whatever became of it, and whether its address has an account.
create function find_invitation(by_hash bytea)
returns table (id uuid, organization_id uuid, email text, role text, expires_at timestamptz, over boolean,
  suspended_reason text, account_exists boolean)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select i.id, i.organization_id, i.email, i.role, i.expires_at, i.accepted_at is not null or i.revoked_at is not null,
    o.suspended_reason, exists (select 1 from users u where u.email = i.email)
  from invitations i join organizations o on o.id = i.organization_id and o.deleted_at is null
  where i.token_hash = by_hash
$$;

-- Makes the actor a member. One statement in whatever transaction the actor has open, so that an account which exists by an
-- invitation exists only with it. False when it was used, revoked or expired meanwhile, or is for another address.
create function accept_invitation(by_hash bytea, membership_id uuid, at timestamptz) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  invitation invitations;
begin
  update invitations i set accepted_at = at
    where i.token_hash = by_hash and i.accepted_at is null and i.revoked_at is null and i.expires_at > at
      and i.email = (select u.email from users u where u.id = actor_user() and u.disabled_at is null)
    returning * into invitation;
  if not found then
    return false;
  end if;
  -- Whoever was removed comes back to the same row; a present member keeps the role.
  insert into memberships (organization_id, id, user_id, role, created_at)
    values (invitation.organization_id, membership_id, actor_user(), invitation.role, at)
    on conflict (organization_id, user_id) do update
      set role = excluded.role, created_at = excluded.created_at, removed_at = null
      where memberships.removed_at is not null;
  return true;
end
$$;

-- For the operator, by exact id: null lifts a suspension. False when there is no such organization.
create function set_suspension(of_organization uuid, reason text, at timestamptz) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update organizations o set suspended_reason = reason, updated_at = at,
      suspended_at = case when reason is null then null else coalesce(o.suspended_at, at) end
    where o.id = of_organization and o.deleted_at is null;
  return found;
end
$$;

create function find_organization_by_slug(by_slug text)
returns table (id uuid, kind text, name text, slug text, suspended_reason text, created_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select o.id, o.kind, o.name, o.slug, o.suspended_reason, o.created_at
  from organization_slugs s join organizations o on o.id = s.organization_id and o.deleted_at is null
  where s.slug = by_slug
$$;

create function list_organizations(after_id uuid, how_many int)
returns table (id uuid, kind text, name text, slug text, suspended_reason text, created_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select o.id, o.kind, o.name, o.slug, o.suspended_reason, o.created_at
  from organizations o where o.deleted_at is null and o.id > after_id order by o.id limit how_many
$$;

-- As before, with two differences: a team organization waits for the end of its grace, and then its workflows are deleted
-- first, like a person's own; a deleted account stays without name and address while a team still has what it made there.
create or replace function purge_deleted()
returns table (organizations_purged int, workflows_purged int, idempotency_keys_purged int)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  gone_workflows int;
  gone_organizations int;
  gone_keys int;
begin
  update workflows w set deleted_at = now() from organizations o
    where o.id = w.organization_id and o.deleted_at is not null and o.purge_after <= now() and w.deleted_at is null;
  update engine_flows f set state = 'deleting', next_attempt_at = now() from organizations o
    where o.id = f.organization_id and o.deleted_at is not null and o.purge_after <= now() and f.state <> 'deleting';
  delete from workflows w where w.deleted_at is not null
    and not exists (select 1 from engine_flows f where f.organization_id = w.organization_id and f.workflow_id = w.id);
  get diagnostics gone_workflows = row_count;
  delete from users u where u.disabled_at is not null
    and exists (
      select 1 from memberships m join organizations o on o.id = m.organization_id
      where m.user_id = u.id and m.role = 'owner' and o.kind = 'personal' and o.deleted_at is not null
        and not exists (select 1 from workflows w where w.organization_id = o.id))
    and not exists (
      select 1 from memberships m join organizations o on o.id = m.organization_id where m.user_id = u.id and o.kind = 'team');
  delete from organizations o where o.deleted_at is not null and coalesce(o.purge_after, o.deleted_at) <= now()
    and not exists (select 1 from workflows w where w.organization_id = o.id);
  get diagnostics gone_organizations = row_count;
  -- Deleted accounts whose last team went by.
  delete from users u where u.disabled_at is not null and u.password_hash is null
    and not exists (select 1 from memberships m where m.user_id = u.id);
  delete from idempotency_keys i where i.expires_at < now();
  get diagnostics gone_keys = row_count;
  -- Counters whose window has passed; `expire` is in milliseconds.
  delete from rate_limits r where r.expire < extract(epoch from now()) * 1000;
  return query select gone_organizations, gone_workflows, gone_keys;
end
$$;

do $$
declare
  f text;
begin
  foreach f in array array['actor_user()', 'actor_organization()', 'list_own_organizations(timestamptz, uuid, int)',
    'find_own_organization(uuid, text)', 'claim_slug(text, timestamptz)', 'list_members(timestamptz, uuid, int)',
    'change_membership(uuid, text, timestamptz)', 'find_member(uuid)', 'is_member_address(text)', 'end_organization_sessions(uuid, timestamptz, text)',
    'end_my_sessions(timestamptz, text, uuid)', 'find_invitation(bytea)',
    'accept_invitation(bytea, uuid, timestamptz)', 'set_suspension(uuid, text, timestamptz)',
    'find_organization_by_slug(text)', 'list_organizations(uuid, int)']
  loop
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to weir_app', f);
  end loop;
end
$$;
