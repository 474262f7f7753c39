import { createTestDatabase, type TestDatabase } from '@weir/testing';
import { Database } from './database';
import { SharedRateLimiters, type SharedRateLimiter } from './shared-rate-limiter';

describe('SharedRateLimiter', () => {
  let testDatabase: TestDatabase;
  let processes: Database[];
  let limiters: SharedRateLimiter[];

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    const config = { url: testDatabase.appUrl, migrationUrl: undefined, poolSize: 4 };
    processes = [new Database(config), new Database(config)];
    limiters = processes.map((database) =>
      new SharedRateLimiters(database).create({ name: 'test', points: 10, seconds: 60 }),
    );
  });

  afterAll(async () => {
    for (const database of processes) await database.onApplicationShutdown();
    await testDatabase.drop();
  });

  const [first, second] = [() => limiters[0]!, () => limiters[1]!];

  it('admits exactly the limit when two processes take at the same moment (F118)', async () => {
    const waits = await Promise.all(
      Array.from({ length: 50 }, (_, index) => limiters[index % 2]!.take('everybody')),
    );
    expect(waits.filter((wait) => wait === 0)).toHaveLength(10);
    for (const wait of waits.filter((value) => value > 0)) expect(wait).toBeLessThanOrEqual(60);
  });

  it('gives back a use that was none', async () => {
    for (let use = 0; use < 10; use += 1) await first().take('careful');
    await second().giveBack('careful');
    expect(await first().take('careful')).toBe(0);
    expect(await first().take('careful')).toBeGreaterThan(0);
  });

  it('forgets a key on request, and only that one', async () => {
    for (let use = 0; use < 11; use += 1) await Promise.all([first().take('left'), first().take('right')]);
    await second().reset('left');
    expect(await first().take('left')).toBe(0);
    expect(await first().take('right')).toBeGreaterThan(0);
  });

  it('leaves rows that the purge removes when their window has passed', async () => {
    await first().take('old');
    await testDatabase.query("update rate_limits set expire = 1 where key like '%old'");
    await testDatabase.query('select * from purge_deleted()');
    expect(await testDatabase.query("select key from rate_limits where key like '%old'")).toEqual([]);
    expect((await testDatabase.query('select key from rate_limits')).length).toBeGreaterThan(0);
  });
});
