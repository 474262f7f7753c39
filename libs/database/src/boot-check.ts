import pg from 'pg';

/** Tables without tenant data. Everything else in the schema must be protected; the catalogue test and the boot check agree on this list. */
export const GLOBAL_TABLES: readonly string[] = ['_prisma_migrations', 'key_ring_checks', 'rate_limits'];
/** Tables whose tenant is named by another column than organization_id. */
export const IDENTITY_TABLES: readonly string[] = ['users', 'organizations'];

// A role may use what the roles have that it is a member of, by SET ROLE even when it does not inherit.
const ROLE_QUERY = `
  select r.rolname as role, r.rolsuper as superuser, r.rolbypassrls as bypasses,
    exists (select 1 from pg_roles o where (o.rolsuper or o.rolbypassrls) and o.oid <> r.oid
            and pg_has_role(r.oid, o.oid, 'MEMBER')) as may_become_superuser,
    exists (select 1 from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
            and pg_has_role(r.oid, c.relowner, 'MEMBER')) as owns
  from pg_roles r where r.rolname = current_user`;

const UNPROTECTED_TABLES = `
  select c.relname as name from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relname = any ($1)
    and not (c.relrowsecurity and c.relforcerowsecurity)
  order by 1`;

const OPEN_POLICIES = `
  select c.relname as name, p.polname as policy from pg_policy p join pg_class c on c.oid = p.polrelid
  where c.relnamespace = 'public'::regnamespace and p.polpermissive
    and 'true' in (pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
    and exists (select 1 from unnest(p.polroles) r(id) where r.id = 0 or pg_has_role(current_user, r.id, 'MEMBER'))
  order by 1`;

// Without security_invoker a view shows what its owner sees.
const OPEN_VIEWS = `
  select c.relname as name from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('v', 'm')
    and not coalesce('security_invoker=true' = any (c.reloptions), false)
  order by 1`;

interface RoleRow {
  readonly role: string;
  readonly superuser: boolean;
  readonly bypasses: boolean;
  readonly may_become_superuser: boolean;
  readonly owns: boolean;
}

interface NameRow {
  readonly name: string;
}

interface PolicyRow extends NameRow {
  readonly policy: string;
}

/**
 * What makes the second wall unsound: a role that row-level security does not bind, a table without it, or a policy or view
 * that undoes it.
 * @param url connection string of the role that is to be judged
 * @returns one readable line a problem; empty means safe to serve
 */
export async function findIsolationProblems(url: string): Promise<string[]> {
  const client = await connect(url);
  try {
    const roles = await client.query<RoleRow>(ROLE_QUERY);
    const inRole = roles.rows.flatMap(roleProblems);
    // With such a role nothing else would bind: the rest would only bury the message.
    if (inRole.length > 0) return inRole;
    const tables = await client.query<NameRow>(UNPROTECTED_TABLES, [GLOBAL_TABLES]);
    const policies = await client.query<PolicyRow>(OPEN_POLICIES);
    const views = await client.query<NameRow>(OPEN_VIEWS);
    return [
      ...tables.rows.map(
        ({ name }) =>
          `Table '${name}' has no forced row-level security and is not on the list of global tables. Run \`weir migrate\`.`,
      ),
      ...policies.rows.map(
        ({ name, policy }) =>
          `Table '${name}' is open to every tenant by its policy '${policy}'. Drop the policy.`,
      ),
      ...views.rows.map(
        ({ name }) =>
          `View '${name}' shows the rows of all tenants. Recreate it with security_invoker, or drop it.`,
      ),
    ];
  } finally {
    await client.end();
  }
}

function roleProblems({
  role,
  superuser,
  bypasses,
  may_become_superuser: mayBecome,
  owns,
}: RoleRow): string[] {
  const fix = 'Put the role weir_app into DATABASE_URL.';
  if (superuser)
    return [`The database role '${role}' is a superuser, which row-level security does not bind. ${fix}`];
  return [
    ...(bypasses ? [`The database role '${role}' has BYPASSRLS. ${fix}`] : []),
    ...(mayBecome
      ? [`The database role '${role}' can become a superuser or a role with BYPASSRLS. ${fix}`]
      : []),
    ...(owns
      ? [`The database role '${role}' owns tables and could switch row-level security off. ${fix}`]
      : []),
  ];
}

/** Names of migrations in the folder that the database does not have yet. */
export async function findPendingMigrations(url: string, names: readonly string[]): Promise<string[]> {
  const client = await connect(url);
  try {
    const result = await client.query<{ migration_name: string }>(
      'select migration_name from _prisma_migrations where finished_at is not null',
    );
    const applied = new Set(result.rows.map((row) => row.migration_name));
    return names.filter((name) => !applied.has(name));
  } finally {
    await client.end();
  }
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    application_name: 'weir boot check',
  });
  await client.connect();
  return client;
}
