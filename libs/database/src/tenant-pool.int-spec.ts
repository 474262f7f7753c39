import { AsyncResource } from 'node:async_hooks';
import { newId, runAs, runAsSystem, type Actor } from '@weir/kernel';
import { createTestDatabase, type TestDatabase } from '@weir/testing';
import { MissingTenantContextError, TenantPool } from './tenant-pool';
import { FailedTransactionError } from './tenant-transaction';

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

  it('carries the actor through a transaction that Prisma begins, and forgets it afterwards', async () => {
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

  it('forgets the actor behind a single statement as well', async () => {
    await runAs(actorOf(), async () => {
      await pool.query('select 1');
      const client = await pool.connect();
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

  describe.each(['transaction', 'transactionAtOnce'] as const)('%s', (kind) => {
    const insert = (key: string) => pool.query('insert into rate_limits (key, points) values ($1, 1)', [key]);
    const count = async (prefix: string) =>
      (
        await database.query<{ n: number }>(`select count(*)::int as n from rate_limits where key like $1`, [
          `${prefix}%`,
        ])
      )[0]?.n;

    it('commits all of its statements on one connection, as its actor', async () => {
      const actor = actorOf();
      const key = newId();
      const [first, second] = await runAs(actor, () =>
        pool[kind](() =>
          Promise.all([
            pool.query(`select pg_backend_pid() as pid, ${settings.slice('select '.length)}`),
            pool.query(`select pg_backend_pid() as pid`),
            insert(`${key}-a`),
            insert(`${key}-b`),
          ]),
        ),
      );
      expect(first.rows[0]).toMatchObject({ organization: actor.organizationId, person: actor.userId });
      expect(second.rows[0].pid).toBe(first.rows[0].pid);
      expect(await count(key)).toBe(2);
    });

    it('changes nothing when one of its statements fails, and says which error it was', async () => {
      const key = newId();
      const work = runAsSystem(() =>
        pool[kind](() => Promise.all([insert(`${key}-a`), insert(`${key}-a`), insert(`${key}-b`)])),
      );
      await expect(work).rejects.toMatchObject({ code: '23505' });
      expect(await count(key)).toBe(0);
      await expect(runAsSystem(() => pool.query('select 1 as one'))).resolves.toMatchObject({
        rows: [{ one: 1 }],
      });
    });

    it('does not pretend to have committed when the error of a statement was swallowed', async () => {
      const key = newId();
      const work = runAsSystem(() =>
        pool[kind](() => Promise.all([insert(`${key}-a`), pool.query('select 1/0').catch(() => null)])),
      );
      await expect(work).rejects.toThrow(FailedTransactionError);
      expect(await count(key)).toBe(0);
    });

    it('refuses a statement that nobody waited for', async () => {
      let late: () => Promise<unknown> = () => Promise.resolve();
      await runAsSystem(() =>
        pool[kind](() => {
          late = AsyncResource.bind(() => pool.query('select 1'));
          return Promise.resolve();
        }),
      );
      await expect(runAsSystem(late)).rejects.toThrow('after the end of its transaction');
    });

    it('refuses a statement of another actor', async () => {
      const work = runAs(actorOf(), () =>
        pool[kind](() => runAs(actorOf(), async () => void (await pool.query('select 1')))),
      );
      await expect(work).rejects.toThrow('joined by another');
    });

    it('refuses to begin another transaction inside', async () => {
      const work = runAsSystem(() => pool[kind](async () => void (await pool.connect())));
      await expect(work).rejects.toThrow('cannot join the current one');
    });
  });

  it('joins an outer transaction', async () => {
    const work = runAsSystem(() =>
      pool.transaction(async () => {
        await pool.transaction(
          async () => void (await pool.query(`insert into rate_limits (key, points) values ('nested', 1)`)),
        );
        throw new Error('changed its mind');
      }),
    );
    await expect(work).rejects.toThrow('changed its mind');
    expect(await database.query(`select key from rate_limits where key = 'nested'`)).toEqual([]);
  });

  it('survives the end of a connection in the middle of a transaction', async () => {
    const work = runAsSystem(() =>
      pool.transaction(async () => {
        const { rows } = await pool.query('select pg_backend_pid() as pid');
        await database.query('select pg_terminate_backend($1)', [rows[0].pid]);
        await pool.query('select 1');
      }),
    );
    await expect(work).rejects.toThrow();
    for (let index = 0; index < 4; index += 1) {
      await expect(runAsSystem(() => pool.query('select 1 as one'))).resolves.toMatchObject({
        rows: [{ one: 1 }],
      });
    }
  });
});
