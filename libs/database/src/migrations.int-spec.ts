import { createHash } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '@weir/testing';
import { migrate, readMigrations, type Migration } from './migrations';

const step = (name: string, sql: string): Migration => ({
  name,
  sql,
  checksum: createHash('sha256').update(sql).digest('hex'),
});

describe('migrate', () => {
  let database: TestDatabase;
  const shipped = readMigrations('prisma/migrations');

  beforeEach(async () => {
    database = await createTestDatabase();
  });

  afterEach(() => database.drop());

  const tableExists = async (name: string): Promise<boolean> =>
    (await database.query<{ there: boolean }>('select to_regclass($1) is not null as there', [name]))[0]
      ?.there === true;

  it('changes nothing the second time (F128)', async () => {
    const before = await database.query('select * from _prisma_migrations');
    const report = await migrate(database.ownerUrl, shipped);
    expect(report).toEqual({ applied: [], alreadyThere: shipped.length });
    expect(await database.query('select * from _prisma_migrations')).toEqual(before);
  });

  it('applies what is missing, in the order of the names', async () => {
    const more = [
      step('29990101000000_one', 'create table one (id int)'),
      step('29990102000000_two', 'alter table one add two int'),
    ];
    expect(await migrate(database.ownerUrl, [...shipped, ...more])).toEqual({
      applied: ['29990101000000_one', '29990102000000_two'],
      alreadyThere: shipped.length,
    });
    const rows = await database.query('select two from one');
    expect(rows).toEqual([]);
  });

  it('waits when somebody else is migrating: two at once apply it once (F128)', async () => {
    const slow = step('29990101000000_slow', 'select pg_sleep(0.5); create table slow (id int)');
    const reports = await Promise.all([1, 2, 3].map(() => migrate(database.ownerUrl, [...shipped, slow])));
    expect(reports.flatMap(({ applied }) => applied)).toEqual(['29990101000000_slow']);
    expect(await tableExists('slow')).toBe(true);
  });

  it('refuses a migration that was edited after it was applied, and applies nothing (F128)', async () => {
    const [first, ...rest] = shipped;
    const edited = [
      step(first?.name ?? '', `${first?.sql} -- edited`),
      ...rest,
      step('29990101000000_late', 'create table late (id int)'),
    ];
    await expect(migrate(database.ownerUrl, edited)).rejects.toThrow(`Migration '${first?.name}' was edited`);
    expect(await tableExists('late')).toBe(false);
  });

  it('takes back all of a migration that fails, keeps the ones before it and can go on later (F128)', async () => {
    const good = step('29990101000000_good', 'create table good (id int)');
    const bad = step('29990102000000_bad', 'create table half (id int); select 1 / 0');
    await expect(migrate(database.ownerUrl, [...shipped, good, bad])).rejects.toThrow(
      "Migration '29990102000000_bad' failed",
    );
    expect([await tableExists('good'), await tableExists('half')]).toEqual([true, false]);
    const mended = step('29990102000000_bad', 'create table half (id int)');
    expect((await migrate(database.ownerUrl, [...shipped, good, mended])).applied).toEqual([
      '29990102000000_bad',
    ]);
  });

  it('cannot be run by the role of the service, which may create nothing (F128)', async () => {
    const late = step('29990101000000_late', 'create table late (id int)');
    await expect(migrate(database.appUrl, [...shipped, late])).rejects.toThrow();
    expect(await tableExists('late')).toBe(false);
  });
});
