import { createTestDatabase, type TestDatabase } from '@weir/testing';
import { findIsolationProblems, findPendingMigrations } from './boot-check';

/** Roles belong to the whole server, which all test files share: theirs carry names of their own. */
const urlAs = (url: string, role: string): string => {
  const result = new URL(url);
  result.username = role;
  result.password = 'x';
  return result.toString();
};

describe('The boot check', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });

  afterEach(() => database.drop());

  async function problemsOfRole(attributes: string, grant = 'select 1'): Promise<string[]> {
    const role = `boot_${database.name}`;
    await database.query(`create role ${role} login ${attributes} password 'x'`);
    try {
      await database.query(grant.replaceAll('ROLE', role));
      return await findIsolationProblems(urlAs(database.appUrl, role));
    } finally {
      await database.query(`drop owned by ${role}`);
      await database.query(`drop role ${role}`);
    }
  }

  it('finds nothing wrong with the role that the service should use', async () => {
    expect(await findIsolationProblems(database.appUrl)).toEqual([]);
  });

  it('refuses the owner of the tables (F8)', async () => {
    expect(await findIsolationProblems(database.ownerUrl)).toEqual([
      expect.stringContaining("'weir_owner' owns tables"),
    ]);
  });

  it.each<[string, string, string | undefined, RegExp]>([
    ['a superuser', 'superuser', undefined, /is a superuser/],
    ['a role with BYPASSRLS', 'bypassrls', undefined, /has BYPASSRLS/],
    ['a member of the owner', 'nosuperuser', 'grant weir_owner to ROLE', /owns tables/],
    ['a member that does not inherit from the owner', 'noinherit', 'grant weir_owner to ROLE', /owns tables/],
    ['a member of a superuser', 'nosuperuser', 'grant postgres to ROLE', /can become a superuser/],
  ])('refuses %s (F8)', async (_name, attributes, grant, reason) => {
    expect((await problemsOfRole(attributes, grant)).join('\n')).toMatch(reason);
  });

  it.each<[string, string, RegExp]>([
    ['switched off', 'alter table secrets disable row level security', /Table 'secrets'/],
    ['not forced', 'alter table runs no force row level security', /Table 'runs'/],
    ['missing on a new table', 'create table notes (organization_id uuid, text text)', /Table 'notes'/],
    [
      'undone by a policy for everybody',
      'create policy open on conversations for select to public using (true)',
      /Table 'conversations'.*'open'/,
    ],
    ['gone around by a view', 'create view all_secrets as select * from secrets', /View 'all_secrets'/],
  ])('refuses a table whose row-level security is %s (F6, F8)', async (_name, change, reason) => {
    await database.query(change);
    const problems = await findIsolationProblems(database.appUrl);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(reason);
  });

  it('names the migrations that the database does not have', async () => {
    const names = (
      await database.query<{ migration_name: string }>('select migration_name from _prisma_migrations')
    ).map((row) => row.migration_name);
    expect(await findPendingMigrations(database.appUrl, [...names, '29990101000000_later'])).toEqual([
      '29990101000000_later',
    ]);
  });
});
