import pg from 'pg';

/** Tables without tenant data. Everything else in the schema must be protected; the catalogue test and the boot check agree on this list. */
export const GLOBAL_TABLES: readonly string[] = ['_prisma_migrations', 'key_ring_checks', 'rate_limits'];
/** Tables whose tenant is named by another column than organization_id. */
export const IDENTITY_TABLES: readonly string[] = ['users', 'organizations'];

const ROLE_QUERY = `
  select r.rolname as role, r.rolsuper as superuser, r.rolbypassrls as bypasses,
    exists (select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = 'public' and c.relkind in ('r', 'p') and pg_has_role(r.oid, c.relowner, 'MEMBER')) as owns
  from pg_roles r where r.rolname = current_user`;

const UNPROTECTED_QUERY = `
  select c.relname as table_name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
    (select count(distinct p.polcmd)::int from pg_policy p where p.polrelid = c.oid
      and (p.polroles = '{0}' or (select r.oid from pg_roles r where r.rolname = current_user) = any (p.polroles))) as commands
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relname = any ($1)`;

interface RoleRow { readonly role: string; readonly superuser: boolean; readonly bypasses: boolean; readonly owns: boolean }
interface TableRow { readonly table_name: string; readonly enabled: boolean; readonly forced: boolean }

/**
 * What makes the second wall unsound: a role that row-level security does not bind, or a table without it.
 * @returns one readable line a problem; empty means safe to serve
 */
export async function findIsolationProblems(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, application_name: 'weir boot check' });
  await client.connect();
  try {
    const roles = await client.query<RoleRow>(ROLE_QUERY);
    const tables = await client.query<TableRow>(UNPROTECTED_QUERY, [GLOBAL_TABLES]);
    return [...roles.rows.flatMap(roleProblems), ...tables.rows.flatMap(tableProblems)];
  } finally {
    await client.end();
  }
}

function roleProblems({ role, superuser, bypasses, owns }: RoleRow): string[] {
  const fix = 'Put the role weir_app into DATABASE_URL.';
  return [
    ...(superuser ? [`The database role '${role}' is a superuser, which row-level security does not bind. ${fix}`] : []),
    ...(bypasses ? [`The database role '${role}' has BYPASSRLS. ${fix}`] : []),
    ...(owns ? [`The database role '${role}' owns tables and could switch row-level security off. ${fix}`] : []),
  ];
}

function tableProblems({ table_name: table, enabled, forced }: TableRow): string[] {
  if (enabled && forced) return [];
  return [`Table '${table}' has no forced row-level security and is not on the list of global tables. Run \`weir migrate\`.`];
}

/** Names of migrations in the folder that the database does not have yet. */
export async function findPendingMigrations(url: string, names: readonly string[]): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, application_name: 'weir boot check' });
  await client.connect();
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
