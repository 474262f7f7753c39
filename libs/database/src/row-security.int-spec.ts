import { createTestDatabase, type TestDatabase } from '@weir/testing';
import pg from 'pg';
import { GLOBAL_TABLES, IDENTITY_TABLES } from './boot-check';
import { newOwner, RowsOfEveryTable, type Owner } from './testing/rows-of-every-table';

/** Rows of the organization itself, and who is in it, are seen by all its members. */
const VISIBLE_TO_MEMBERS = [
  'audit_checkpoints',
  'audit_events',
  'audit_links',
  'audit_unsealed',
  'invitations',
  'memberships',
  'organizations',
];
const FUNCTION_ONLY: ReadonlySet<string> = new Set(['organization_slugs', 'refresh_tokens']);

describe('Row-level security as weir_app', () => {
  let database: TestDatabase;
  let rows: RowsOfEveryTable;
  let app: pg.Client;
  let tables: string[];
  const owner = newOwner();
  const colleague = newOwner(owner.organizationId);
  const stranger = newOwner();

  beforeAll(async () => {
    database = await createTestDatabase();
    rows = await RowsOfEveryTable.prepare(database);
    const names = await database.query<{ name: string }>(
      "select c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1",
    );
    tables = names.map(({ name }) => name).filter((name) => !GLOBAL_TABLES.includes(name));
    for (const table of tables) await rows.plant(table, owner);
    app = new pg.Client({ connectionString: database.appUrl });
    await app.connect();
  });

  afterAll(async () => {
    await app.end();
    await database.drop();
  });

  /** One statement as somebody, rolled back; the number of rows it touched or the SQLSTATE that refused it. */
  async function as(who: Owner | null, sql: string, values: unknown[] = []): Promise<number | string> {
    await app.query('begin');
    try {
      if (who !== null) {
        await app.query(
          "select set_config('app.organization_id', $1, true), set_config('app.user_id', $2, true)",
          [who.organizationId, who.userId],
        );
      }
      return (await app.query(sql, values)).rowCount ?? 0;
    } catch (error) {
      return (error as { code: string }).code;
    } finally {
      await app.query('rollback');
    }
  }

  async function onEveryTable(
    work: (table: string) => Promise<number | string>,
  ): Promise<Record<string, number | string>> {
    const results: [string, number | string][] = [];
    for (const table of tables) results.push([table, await work(table)]);
    return Object.fromEntries(results);
  }

  const REFUSED = '42501';
  const expectedOf = (usual: number | string, special: Record<string, number | string> = {}) =>
    Object.fromEntries(
      tables.map((table) => [table, special[table] ?? (FUNCTION_ONLY.has(table) ? REFUSED : usual)]),
    );

  it('shows a person the own row of every table, so that the tests below mean something', async () => {
    expect(await onEveryTable((table) => as(owner, `select 1 from ${table}`))).toEqual(expectedOf(1));
  });

  it('shows nothing without a context (F7, R33)', async () => {
    expect(await onEveryTable((table) => as(null, `select 1 from ${table}`))).toEqual(expectedOf(0));
  });

  it('refuses every insert without a context (F7, R33)', async () => {
    const insert = (table: string) =>
      as(null, rows.insertStatement(table), [JSON.stringify(rows.make(table, newOwner()))]);
    expect(await onEveryTable(insert)).toEqual(expectedOf(REFUSED));
  });

  it.each<[string, Owner]>([
    ['empty settings', { organizationId: '', userId: '' }],
    ['another organization', stranger],
    [
      'the same person in another organization',
      { organizationId: stranger.organizationId, userId: owner.userId },
    ],
  ])('shows nothing to %s', async (name, who) => {
    const special: Record<string, number> = name.startsWith('the same person') ? { users: 1 } : {};
    expect(await onEveryTable((table) => as(who, `select 1 from ${table}`))).toEqual(expectedOf(0, special));
  });

  it('shows a colleague nothing that is not shared', async () => {
    const special = Object.fromEntries(VISIBLE_TO_MEMBERS.map((table) => [table, 1]));
    expect(await onEveryTable((table) => as(colleague, `select 1 from ${table}`))).toEqual(
      expectedOf(0, special),
    );
  });

  it('refuses a row that is written for somebody else (F9, R32)', async () => {
    for (const victim of [owner, colleague]) {
      const results = await onEveryTable((table) =>
        as(stranger, rows.insertStatement(table), [JSON.stringify(rows.make(table, victim))]),
      );
      expect(results).toEqual(expectedOf(REFUSED));
    }
  });

  it('changes and deletes nothing of somebody else', async () => {
    for (const table of tables.filter((name) => !FUNCTION_ONLY.has(name))) {
      for (const who of [stranger, { organizationId: '', userId: '' }]) {
        // Append-only tables refuse by grant; of the others no row is visible.
        const results = [
          await as(who, `delete from ${table}`),
          await as(who, `update ${table} set created_at = now()`),
        ];
        expect([table, results.filter((result) => result !== 0 && result !== REFUSED)]).toEqual([table, []]);
      }
    }
  });

  it('does not let a row be given away', async () => {
    const movable = tables.filter((name) => !FUNCTION_ONLY.has(name) && !IDENTITY_TABLES.includes(name));
    for (const table of movable) {
      const given = await as(owner, `update ${table} set organization_id = $1`, [stranger.organizationId]);
      expect([table, given]).toEqual([table, REFUSED]);
    }
    expect(await as(owner, 'update users set id = $1', [stranger.userId])).toBe(REFUSED);
    expect(await as(owner, 'update organizations set id = $1', [stranger.organizationId])).toBe(REFUSED);
  });

  it('keeps audit, usage, versions and events as they were written (F120)', async () => {
    for (const table of [
      'audit_events',
      'audit_links',
      'audit_checkpoints',
      'ledger_entries',
      'workflow_versions',
      'run_events',
    ]) {
      expect([table, await as(owner, `update ${table} set created_at = now()`)]).toEqual([table, REFUSED]);
      expect([table, await as(owner, `delete from ${table}`)]).toEqual([table, REFUSED]);
      expect([table, await as(owner, `truncate ${table}`)]).toEqual([table, REFUSED]);
    }
  });

  it('makes a first refresh token for the actor’s own session only', async () => {
    const session = await rows.plant('sessions', owner);
    const add = 'select add_refresh_token($1, $2, $3, now())';
    const count = async (): Promise<unknown> =>
      (
        await database.query('select count(*)::int as n from refresh_tokens where session_id = $1', [
          session['id'],
        ])
      )[0];
    await app.query('begin');
    await app.query(
      "select set_config('app.organization_id', $1, true), set_config('app.user_id', $2, true)",
      [stranger.organizationId, stranger.userId],
    );
    await app.query(add, [Buffer.from('one'), owner.organizationId, session['id']]);
    await app.query('commit');
    expect(await count()).toEqual({ n: 0 });
  });
});
