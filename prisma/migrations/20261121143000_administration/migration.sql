-- What the operator's command line looks up without a person: accounts by exact address, a page of them, one organization. Accounts that
-- were deleted by their owner are not listed: their personal organization is gone, and nothing of them can be brought back.

create function find_account(login_email text)
returns table (user_id uuid, organization_id uuid, email text, name text, platform_admin boolean, disabled_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select u.id, o.id, u.email, u.name, u.platform_admin, u.disabled_at
  from users u
  join memberships m on m.user_id = u.id
  join organizations o on o.id = m.organization_id and o.kind = 'personal' and o.deleted_at is null
  where u.email = login_email
$$;

-- Ids sort by creation, so the last id of a page is where the next one begins.
create function list_accounts(after_user uuid, how_many int)
returns table (user_id uuid, email text, name text, platform_admin boolean, disabled_at timestamptz, created_at timestamptz,
  last_used_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select u.id, u.email, u.name, u.platform_admin, u.disabled_at, u.created_at,
    (select max(s.last_used_at) from sessions s where s.user_id = u.id)
  from users u
  where u.id > after_user and exists (
    select 1 from memberships m
    join organizations o on o.id = m.organization_id and o.kind = 'personal' and o.deleted_at is null
    where m.user_id = u.id)
  order by u.id
  limit how_many
$$;

-- One organization, by its id or by a slug that it has or had, with how many people it has and who owns it.
create function examine_organization(by_id uuid, by_slug text)
returns table (id uuid, kind text, name text, slug text, suspended_reason text, suspended_at timestamptz,
  created_at timestamptz, members int, owners text[])
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select o.id, o.kind, o.name, o.slug, o.suspended_reason, o.suspended_at, o.created_at,
    (select count(*)::int from memberships m where m.organization_id = o.id and m.removed_at is null),
    array(
      select u.email from memberships m join users u on u.id = m.user_id
      where m.organization_id = o.id and m.removed_at is null and m.role = 'owner'
      order by m.created_at, u.email)
  from organizations o
  where o.deleted_at is null
    and o.id = coalesce(by_id, (select s.organization_id from organization_slugs s where s.slug = by_slug))
$$;

do $$
declare
  f text;
begin
  foreach f in array array['find_account(text)', 'list_accounts(uuid, int)', 'examine_organization(uuid, text)']
  loop
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to weir_app', f);
  end loop;
end
$$;
