import { createTestDatabase, type TestDatabase } from '@weir/testing';
import { GLOBAL_TABLES, IDENTITY_TABLES } from './boot-check';

/** Tables that weir_app does not read or write itself: no policy for it, only functions. */
const FUNCTION_ONLY_TABLES = ['organization_slugs', 'refresh_tokens'];
/** By grant, not by good manners. */
const APPEND_ONLY_TABLES = [
  'audit_checkpoints',
  'audit_events',
  'audit_links',
  'ledger_entries',
  'run_events',
  'workflow_versions',
];

interface TableRow {
  readonly name: string;
  readonly owner: string;
  readonly enabled: boolean;
  readonly forced: boolean;
  readonly primary_key: string[];
  readonly organization_not_null: boolean | null;
}

interface PolicyRow {
  readonly table_name: string;
  readonly name: string;
  readonly command: string;
  readonly permissive: string;
  readonly roles: string[];
  readonly visible: string | null;
  readonly checked: string | null;
}

interface ForeignKeyRow {
  readonly name: string;
  readonly table_name: string;
  readonly target: string;
  readonly columns: string[];
  readonly target_columns: string[];
}

const TABLES = `
  select c.relname as name, pg_get_userbyid(c.relowner) as owner, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
    array(select a.attname::text from pg_index i, unnest(i.indkey) with ordinality k(attnum, place)
          join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
          where i.indrelid = c.oid and i.indisprimary order by k.place) as primary_key,
    (select a.attnotnull from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id') as organization_not_null
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'public' and c.relkind in ('r', 'p') order by 1`;

const POLICIES = `
  select tablename as table_name, policyname as name, cmd as command, permissive, roles::text[], qual as visible, with_check as checked
  from pg_policies where schemaname = 'public'`;

const FOREIGN_KEYS = `
  select conname as name, conrelid::regclass::text as table_name, confrelid::regclass::text as target,
    array(select a.attname::text from unnest(conkey) with ordinality k(attnum, place)
          join pg_attribute a on a.attrelid = conrelid and a.attnum = k.attnum order by k.place) as columns,
    array(select a.attname::text from unnest(confkey) with ordinality k(attnum, place)
          join pg_attribute a on a.attrelid = confrelid and a.attnum = k.attnum order by k.place) as target_columns
  from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace`;

describe('The catalogue of the database', () => {
  let database: TestDatabase;
  let tables: TableRow[];
  let policies: PolicyRow[];

  beforeAll(async () => {
    database = await createTestDatabase();
    tables = await database.query<TableRow>(TABLES);
    policies = await database.query<PolicyRow>(POLICIES);
  });

  afterAll(() => database.drop());

  const tenantTables = (): TableRow[] =>
    tables.filter(({ name }) => !GLOBAL_TABLES.includes(name) && !IDENTITY_TABLES.includes(name));
  const protectedTables = (): TableRow[] => tables.filter(({ name }) => !GLOBAL_TABLES.includes(name));
  const appPolicies = (table: string): PolicyRow[] =>
    policies.filter(
      ({ table_name, roles }) =>
        table_name === table && (roles.includes('weir_app') || roles.includes('public')),
    );

  it('lists every global table, and none that is gone', () => {
    const names = tables.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([...GLOBAL_TABLES, ...IDENTITY_TABLES]));
    expect(tenantTables().length).toBeGreaterThan(15);
  });

  it('gives every tenant table an organization_id that cannot be null (F5)', () => {
    expect(tenantTables().filter(({ organization_not_null: notNull }) => notNull !== true)).toEqual([]);
  });

  it('starts every primary key with the organization, so that tables can be distributed by it', () => {
    // A refresh token is found by its hash alone, and a slug by its text, before anybody or any organization is known.
    const others = tenantTables().filter(({ name }) => !FUNCTION_ONLY_TABLES.includes(name));
    expect(others.filter(({ primary_key: key }) => key[0] !== 'organization_id')).toEqual([]);
  });

  it('forces row-level security on every table that is not global (F6)', () => {
    expect(protectedTables().filter(({ enabled, forced }) => !enabled || !forced)).toEqual([]);
  });

  it('has one permissive policy for each command and table, with USING and WITH CHECK (F6)', () => {
    const shapes = Object.fromEntries(
      protectedTables().map(({ name }) => [
        name,
        appPolicies(name)
          .map(
            ({ command, visible, checked }) =>
              `${command} ${visible === null ? '' : 'using'} ${checked === null ? '' : 'check'}`,
          )
          .toSorted(),
      ]),
    );
    const complete = ['DELETE using ', 'INSERT  check', 'SELECT using ', 'UPDATE using check'];
    const expected = protectedTables().map(({ name }) => [
      name,
      FUNCTION_ONLY_TABLES.includes(name) ? [] : complete,
    ]);
    expect(shapes).toEqual(Object.fromEntries(expected));
  });

  it('compares the organization, or the own id, in every one of these policies (F6)', () => {
    const unbound = protectedTables()
      .flatMap(({ name }) => appPolicies(name))
      .flatMap((policy) => [policy.visible, policy.checked].map((text) => ({ policy, text })))
      .filter(({ text }) => text !== null && text !== 'false')
      .filter(({ policy, text }) => !comparesOwner(policy.table_name, text ?? ''));
    expect(unbound).toEqual([]);
  });

  function comparesOwner(table: string, text: string): boolean {
    const column = IDENTITY_TABLES.includes(table) ? 'id' : 'organization_id';
    return new RegExp(
      String.raw`\b${column} = \( ?SELECT \(NULLIF\(current_setting\('app\.(organization|user)_id'`,
    ).test(text);
  }

  it('opens nothing to the owner but what its functions need, and nothing to everybody', () => {
    const others = policies.filter(({ roles }) => !roles.includes('weir_app'));
    expect(others.filter(({ roles }) => roles.join(',') !== 'weir_owner')).toEqual([]);
    expect(others.every(({ name }) => name.startsWith('system_'))).toBe(true);
  });

  it('refers within one organization only: every foreign key between tenant tables starts with it (F9)', async () => {
    const keys = await database.query<ForeignKeyRow>(FOREIGN_KEYS);
    expect(keys.length).toBeGreaterThan(15);
    const loose = keys
      .filter(({ target }) => !IDENTITY_TABLES.includes(target))
      .filter(
        ({ columns, target_columns: target }) =>
          columns[0] !== 'organization_id' || target[0] !== 'organization_id',
      );
    expect(loose).toEqual([]);
  });

  it('belongs to weir_owner, and weir_app owns nothing and may create nothing', async () => {
    expect(tables.filter(({ owner }) => owner !== 'weir_owner')).toEqual([]);
    const [rights] = await database.query(
      `select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, has_schema_privilege('weir_app', 'public', 'create') as creates
       from pg_roles where rolname = 'weir_app'`,
    );
    expect(rights).toEqual({
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcreatedb: false,
      creates: false,
    });
  });

  it('lets weir_app append to audit, usage, versions and events, but not change them (F120)', async () => {
    const granted = await database.query<{ table_name: string; rights: string[] }>(
      `select table_name::text, array_agg(distinct privilege_type::text order by privilege_type::text) as rights
       from information_schema.role_table_grants where grantee = 'weir_app' and table_schema = 'public' group by 1`,
    );
    const rightsOf = new Map(granted.map(({ table_name: table, rights }) => [table, rights]));
    for (const table of APPEND_ONLY_TABLES)
      expect([table, rightsOf.get(table)]).toEqual([table, ['INSERT', 'SELECT']]);
    for (const table of FUNCTION_ONLY_TABLES) expect(rightsOf.has(table)).toBe(false);
    expect(rightsOf.get('_prisma_migrations')).toEqual(['SELECT']);
    for (const rights of rightsOf.values()) expect(rights).not.toEqual(expect.arrayContaining(['TRUNCATE']));
  });

  it('fixes the search path of every function with the owner’s rights and keeps them from everybody else', async () => {
    const functions = await database.query<{
      name: string;
      settings: string[] | null;
      everybody: boolean;
      app: boolean;
      owner: string;
    }>(
      `select p.oid::regprocedure::text as name, p.proconfig as settings, pg_get_userbyid(p.proowner) as owner,
         has_function_privilege('weir_app', p.oid, 'execute') as app,
         exists (select 1 from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) where grantee = 0) as everybody
       from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef`,
    );
    expect(functions.length).toBeGreaterThan(5);
    for (const { name, settings, everybody, app, owner } of functions) {
      expect({ name, settings, everybody, app, owner }).toEqual({
        name,
        settings: ['search_path=pg_catalog, public, pg_temp'],
        everybody: false,
        app: true,
        owner: 'weir_owner',
      });
    }
  });

  it('has no view that would show its owner’s rows', async () => {
    const views = await database.query(
      `select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('v', 'm')
         and not coalesce('security_invoker=true' = any (c.reloptions), false)`,
    );
    expect(views).toEqual([]);
  });
});
