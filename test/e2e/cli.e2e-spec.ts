import type { AppConfig } from '@weir/config';
import { runAs } from '@weir/kernel';
import { TenantPool } from '@weir/database';
import { createTestDatabase, type TestDatabase } from '@weir/testing';
import { keysStatus } from '../../apps/cli/src/commands/keys-status.command';
import { rotateData } from '../../apps/cli/src/commands/keys-rotate-data.command';
import { rotateMaster } from '../../apps/cli/src/commands/keys-rotate-master.command';
import { migrateDatabase } from '../../apps/cli/src/commands/migrate.command';
import { seed } from '../../apps/cli/src/commands/seed.command';
import { UsageError } from '../../apps/cli/src/exit-codes';
import { withServices } from '../../apps/cli/src/services';
import { runCommand as run, type Ran } from '../support/run-command';
import { actorOf, resolve } from '../support/secrets';
import { startTestApp, type TestApp } from '../support/test-app';

describe('weir migrate', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase({ template: 'template0' });
  });

  afterAll(() => database.drop());

  it('brings an empty database up to date once, however often and in parallel it is called (F128)', async () => {
    const migrateOnce = () => run((output) => migrateDatabase(output, { url: database.ownerUrl }), true);
    const answers = (await Promise.all([migrateOnce(), migrateOnce()])).map(({ stdout }) =>
      JSON.parse(stdout),
    );
    const applied = answers.map((answer) => answer.applied.length > 0);
    expect(applied.filter(Boolean)).toHaveLength(1);
    const again = await run((output) => migrateDatabase(output, { url: database.ownerUrl }));
    expect(again).toMatchObject({ code: 0, stdout: expect.stringMatching(/^The database is up to date/) });
  });

  it('refuses a folder that does not exist', async () => {
    const wrong = run((output) => migrateDatabase(output, { url: database.ownerUrl, migrations: 'nowhere' }));
    await expect(wrong).rejects.toThrow(UsageError);
  });
});

describe('weir seed', () => {
  let api: TestApp;

  beforeAll(async () => {
    api = await startTestApp();
  });

  afterAll(() => api.stop());

  const seedOnce = (config: AppConfig, email: string) =>
    run((output) => withServices(config, (services) => seed(services, output, { email })), true);

  const outcomeOf = ({ stdout }: Ran) => JSON.parse(stdout);

  it('never promotes an account that somebody else registered under the address', async () => {
    const ada = await api.signUp();
    const ran = await seedOnce(api.config, ada.me.user.email);
    expect(ran.code).toBe(1);
    expect(outcomeOf(ran)).toEqual({ state: 'address_taken', email: ada.me.user.email });
    expect(await api.database.query('select 1 from users where platform_admin')).toEqual([]);
  });

  it('makes one administrator, in parallel and repeatedly, whose password works', async () => {
    const email = 'admin@weir.local';
    const ran = await Promise.all([seedOnce(api.config, email), seedOnce(api.config, ' Admin@Weir.local ')]);
    const outcomes = ran.map(outcomeOf).toSorted((left, right) => left.state.localeCompare(right.state));
    expect(outcomes).toEqual([
      { state: 'created', email, password: expect.stringMatching(/^[\w-]{24}$/) },
      { state: 'present', email },
    ]);
    const login = await api.anonymous().post('/v1/auth/login', { email, password: outcomes[0].password });
    expect(login.status).toBe(200);
    expect(await api.database.query('select email from users where platform_admin')).toEqual([{ email }]);

    expect(outcomeOf(await seedOnce(api.config, 'second@weir.local')).state).toBe('other_administrator');
    expect(await api.database.query(`select 1 from users where email = 'second@weir.local'`)).toEqual([]);
    await expect(seedOnce(api.config, 'no address')).rejects.toThrow(UsageError);
  });

  it('is the only way to an administrator: the role of the service cannot write the column', async () => {
    const ada = await api.signUp();
    const pool = new TenantPool({ connectionString: api.database.appUrl, max: 1 });
    const send = (sql: string, values: unknown[]) => runAs(actorOf(ada), () => pool.query(sql, values));
    const id = '01938b5e-7c1a-7d52-b3a4-2f9f6d1c8e10';
    const asSomebodyNew = { ...actorOf(ada), userId: id };
    try {
      await expect(
        send('update users set platform_admin = true where id = $1', [ada.me.user.id]),
      ).rejects.toMatchObject({
        code: '42501',
      });
      const insert = runAs(asSomebodyNew, () =>
        pool.query(
          `insert into users (id, email, name, platform_admin) values ($1, 'x@example.com', 'x', true)`,
          [id],
        ),
      );
      await expect(insert).rejects.toMatchObject({ code: '42501' });
    } finally {
      await pool.end();
    }
  });
});

describe('weir keys', () => {
  let api: TestApp;

  beforeAll(async () => {
    api = await startTestApp();
  });

  afterAll(() => api.stop());

  it('shows and rotates keys, with progress apart from the result', async () => {
    const ada = await api.signUp();
    await ada.put('/v1/secrets/KEPT', { value: 'kept through both' });
    const keys = (command: typeof keysStatus, json = false) =>
      run((output) => withServices(api.config, (services) => command(services, output)), json);

    const status = await keys(keysStatus, true);
    expect(JSON.parse(status.stdout)).toEqual({
      ok: true,
      provider: 'local',
      currentVersion: 'local:1',
      reason: null,
      dataKeys: [{ masterKeyVersion: 'local:1', dataKeys: 1 }],
      due: 0,
    });
    expect(await keys(rotateMaster)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('0 data keys of 1 owners'),
    });

    const rotated = await keys((services, output) => rotateData(services, output, { graceSeconds: '0' }));
    expect(rotated).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('weir keys rotate-data --before 2'),
    });
    expect(rotated.stdout).toBe('1 new data keys for 1 owners; 1 values moved, 1 old keys deleted.\n');
    expect((await resolve(api, actorOf(ada), ['KEPT'])).values.get('KEPT')).toBe('kept through both');
    const requests = await api.database.query(
      `select request_id from audit_events where action = 'data_key.rotated' and request_id like 'cli-%'`,
    );
    expect(requests).toHaveLength(1);
  });

  it.each([
    [{ before: 'yesterday', graceSeconds: '0' }, '--before'],
    [{ before: '2026-13-40T00:00:00Z', graceSeconds: '0' }, '--before'],
    [{ graceSeconds: '-1' }, '--grace-seconds'],
    [{ graceSeconds: '3601' }, '--grace-seconds'],
  ])('refuses %j before anything is changed', async (options, named) => {
    const ran = run((output) =>
      withServices(api.config, (services) => rotateData(services, output, options)),
    );
    await expect(ran).rejects.toThrow(named);
  });
});
