import { loadConfig } from '@weir/config';
import { createTestDatabase, testConfig, type TestDatabase } from '@weir/testing';
import { refuseUnsafeStart, UnsafeStartError } from '../../apps/api/src/refuse-unsafe-start';

describe('The start', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });

  afterAll(() => database.drop());

  const superuserUrl = (): string => {
    const url = new URL(database.appUrl);
    [url.username, url.password] = ['postgres', 'postgres'];
    return url.toString();
  };

  it('goes on as weir_app', async () => {
    await expect(refuseUnsafeStart(testConfig({ DATABASE_URL: database.appUrl }))).resolves.toBeUndefined();
  });

  it.each<[string, () => string, RegExp]>([
    ['a superuser', superuserUrl, /'postgres' is a superuser/],
    ['the owner of the tables', () => database.ownerUrl, /'weir_owner' owns tables/],
  ])('is refused as %s, with the way out and without the password (F8)', async (_name, url, reason) => {
    const start = refuseUnsafeStart(testConfig({ DATABASE_URL: url() }));
    await expect(start).rejects.toThrow(UnsafeStartError);
    await expect(start).rejects.toThrow(reason);
    await expect(start).rejects.toThrow(/weir_app/);
    await expect(start).rejects.not.toThrow(new RegExp(new URL(url()).password + '@'));
  });

  it('is refused while any table is unprotected (F6, F8)', async () => {
    const scratch = await createTestDatabase();
    await scratch.query('create table forgotten (id int)');
    await expect(refuseUnsafeStart(testConfig({ DATABASE_URL: scratch.appUrl }))).rejects.toThrow(
      /'forgotten'/,
    );
    await scratch.drop();
  });

  it('names every setting to mend, and repeats no value of one (F129)', () => {
    const broken = () =>
      loadConfig({ DATABASE_URL: 'mysql://root:hunter2@db', PORT: 'http', BCRYPT_COST: '3', JWT_KEYS: '' });
    expect(broken).toThrow(/DATABASE_URL/);
    expect(broken).toThrow(/PORT/);
    expect(broken).toThrow(/BCRYPT_COST/);
    expect(broken).toThrow(/JWT_KEYS/);
    expect(broken).not.toThrow(/hunter2/);
  });
});
