import { newId, runAs, runAsSystem, type Actor } from '@weir/kernel';
import { createTestDatabase, type TestDatabase } from '@weir/testing';
import { MissingTenantContextError, TenantPool } from './tenant-pool';

const actorOf = (): Actor => ({ userId: newId(), organizationId: newId(), role: 'owner', via: 'session' });

describe('TenantPool', () => {
  let database: TestDatabase;
  let pool: TenantPool;

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = new TenantPool({ connectionString: database.appUrl, max: 2 });
  });

  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  const settings =
    "select current_setting('app.organization_id', true) as organization, current_setting('app.user_id', true) as person";

  it('refuses a query without a context before anything is sent', async () => {
    await expect(pool.query('select 1')).rejects.toThrow(MissingTenantContextError);
    await expect(pool.connect()).rejects.toThrow(MissingTenantContextError);
  });

  it('carries the actor with every single statement', async () => {
    const actor = actorOf();
    const result = await runAs(actor, () => pool.query(settings));
    expect(result.rows).toEqual([{ organization: actor.organizationId, person: actor.userId }]);
  });

  it('carries the actor through a transaction and forgets it afterwards', async () => {
    const actor = actorOf();
    await runAs(actor, async () => {
      const client = await pool.connect();
      await client.query('BEGIN');
      expect((await client.query(settings)).rows).toEqual([
        { organization: actor.organizationId, person: actor.userId },
      ]);
      await client.query('COMMIT');
      expect((await client.query(settings)).rows).toEqual([{ organization: '', person: '' }]);
      client.release();
    });
  });

  it('sends an empty context for system work', async () => {
    const result = await runAsSystem(() => pool.query(settings));
    expect(result.rows).toEqual([{ organization: '', person: '' }]);
  });

  it('surfaces the error of a statement and keeps the connection usable', async () => {
    const actor = actorOf();
    await expect(runAs(actor, () => pool.query('select nothing_like_this'))).rejects.toMatchObject({
      code: '42703',
    });
    await expect(runAs(actor, () => pool.query('select 1 as one'))).resolves.toMatchObject({
      rows: [{ one: 1 }],
    });
  });

  it('never mixes tenants over 1,000 interleaved requests on two connections (F15)', async () => {
    const actors = [actorOf(), actorOf()];
    const answers = await Promise.all(
      Array.from({ length: 1000 }, (_, index) => {
        const actor = actors[index % 2] ?? actorOf();
        return runAs(actor, async () => {
          const { rows } = await pool.query(settings);
          return rows[0].organization === actor.organizationId && rows[0].person === actor.userId;
        });
      }),
    );
    expect(answers.every(Boolean)).toBe(true);
    expect(pool.totalCount).toBeLessThanOrEqual(2);
  });
});
