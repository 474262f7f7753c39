import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { ConfigError, type AppConfig } from '@weir/config';
import {
  createTestDatabase,
  freePort,
  generateEngineKeys,
  testConfig,
  type TestDatabase,
} from '@weir/testing';
import { doctor } from '../../apps/cli/src/commands/doctor.command';
import type { Finding } from '../../apps/cli/src/doctor/verdict';
import { startEngineApp, type EngineApp } from '../support/engine-app';
import { runCommand } from '../support/run-command';

const MIGRATIONS = 'prisma/migrations';

interface Visit {
  readonly code: number;
  readonly ok: boolean;
  readonly text: string;
  /** By name. */
  readonly checks: ReadonlyMap<string, Finding>;
  /** Names of what failed. */
  readonly failed: readonly string[];
}

async function visit(readConfig: () => AppConfig, dataFolder = tmpdir()): Promise<Visit> {
  const ran = await runCommand(
    (output) => doctor(output, { readConfig, migrationsFolder: MIGRATIONS, dataFolder }),
    true,
  );
  const { ok, checks } = JSON.parse(ran.stdout) as { ok: boolean; checks: Finding[] };
  return {
    code: ran.code,
    ok,
    text: ran.stdout,
    checks: new Map(checks.map((finding) => [finding.name, finding])),
    failed: checks.filter(({ status }) => status === 'failed').map(({ name }) => name),
  };
}

describe('weir doctor beside a service that is well (F132)', () => {
  let api: EngineApp;

  beforeAll(async () => {
    api = await startEngineApp();
    const ada = await api.signUp();
    await ada.put('/v1/secrets/KEPT', { value: 'wrapped under the first master key' });
  });

  afterAll(() => api.stop());

  it('finds nothing that failed, changes nothing, and says what it looked at', async () => {
    const before = await api.database.query('select count(*) from audit_events');
    const found = await visit(() => api.config);
    expect(found).toMatchObject({ code: 0, ok: true, failed: [] });
    expect([...found.checks.keys()]).toEqual([
      'settings',
      'NODE_ENV',
      'token keys',
      'database',
      'isolation',
      'migrations',
      'clock',
      'master keys',
      'engine',
      'node',
      'disk',
    ]);
    expect(await api.database.query('select count(*) from audit_events')).toEqual(before);
  });

  it('prints a line for each check, what to do below it, and a sum', async () => {
    const ran = await runCommand((output) =>
      doctor(output, { readConfig: () => api.config, migrationsFolder: MIGRATIONS, dataFolder: tmpdir() }),
    );
    expect(ran.stdout).toMatch(/^ok {7}engine {17}Answers/m);
    expect(ran.stdout).toMatch(/^warning {2}NODE_ENV .*\n {32}→ Set NODE_ENV=production/m);
    expect(ran.stdout).toMatch(/\n11 checks: 0 failed, 1 warnings\.\n$/);
  });

  it('names the engine when it is down', async () => {
    await api.fake.stop();
    try {
      const { code, failed, checks } = await visit(() => api.config);
      expect({ code, failed }).toEqual({ code: 1, failed: ['engine'] });
      expect(checks.get('engine')).toMatchObject({ fix: 'Start the engine, and check ENGINE_URL.' });
    } finally {
      await api.fake.start();
    }
  });

  it.each([
    ['lets everybody in', { autoLogin: true }],
    ['gives its environment to flows', { environment: new Map([['PATH', '/bin']]) }],
    ['is of another version', { version: '1.0.0' }],
  ])('refuses an engine that %s', async (_what, spoiled) => {
    const safe = { ...api.fake.settings };
    Object.assign(api.fake.settings, spoiled);
    try {
      const { code, failed, checks } = await visit(() => api.config);
      expect({ code, failed }).toEqual({ code: 1, failed: ['engine'] });
      expect(checks.get('engine')?.fix).toContain('engines/langflow/environment.env');
    } finally {
      Object.assign(api.fake.settings, safe);
    }
  });

  it.each([
    ['are others', (key: string) => `1:${key}`, 'does not hold the key that this database was written with'],
    [
      'lack the version that is in use',
      (key: string) => `2:${key}`,
      "its self-test was made under 'local:1'",
    ],
    ['are malformed', () => '1:short', 'MASTER_KEYS'],
  ])('names master keys that %s, and never prints one (R45)', async (_what, keysOf, reason) => {
    const key = randomBytes(32).toString('base64');
    const master = { provider: 'local', keys: keysOf(key) } as const;
    const { code, failed, checks, text } = await visit(() => ({
      ...api.config,
      keys: { ...api.config.keys, master },
    }));
    expect({ code, failed }).toEqual({ code: 1, failed: ['master keys'] });
    expect(checks.get('master keys')?.reason).toContain(reason);
    expect(text).not.toContain(key);
  });

  it('names data keys whose master key is gone although the self-test was renewed', async () => {
    const keys = await api.database.query(`update data_keys set master_key_version = 'local:9' returning 1`);
    expect(keys).toHaveLength(1);
    try {
      const { failed, checks } = await visit(() => api.config);
      expect(failed).toEqual(['master keys']);
      expect(checks.get('master keys')?.reason).toContain("'local:9' (1 data keys)");
    } finally {
      await api.database.query(`update data_keys set master_key_version = 'local:1'`);
    }
  });

  it('names every setting that is unsafe in production (S18)', async () => {
    const { http } = api.config;
    const production: AppConfig = {
      ...api.config,
      environment: 'production',
      logLevel: 'debug',
      http: { ...http, publicUrl: 'http://weir.example.com', corsOrigins: ['*'], port: 0, rateLimits: false },
    };
    const { code, failed } = await visit(() => production);
    expect(code).toBe(1);
    expect(failed).toEqual(['PUBLIC_URL', 'TRUST_PROXY', 'CORS_ORIGINS', 'LOG_LEVEL', 'PORT', 'RATE_LIMITS']);

    const mended: AppConfig = {
      ...production,
      logLevel: 'info',
      signup: 'invite',
      http: {
        ...http,
        publicUrl: 'https://weir.example.com',
        trustProxy: ['10.0.0.0/8'],
        port: 3000,
        internalPort: 3900,
        rateLimits: true,
      },
    };
    const after = await visit(() => mended);
    expect(after).toMatchObject({ code: 0, ok: true });
    expect([...after.checks.values()].filter(({ status }) => status !== 'ok')).toEqual([]);
    expect([...after.checks.keys()]).toEqual(documentedChecks());
  });

  it('names a folder that is not there, and settings that cannot be read, and goes on with the rest', async () => {
    const lost = await visit(() => api.config, '/nowhere/at/all');
    expect(lost).toMatchObject({ code: 1, failed: ['disk'] });
    const unread = await visit(() => {
      throw new ConfigError(['DATABASE_URL is missing', 'JWT_KEYS is missing']);
    });
    expect(unread).toMatchObject({ code: 1, failed: ['settings'] });
    expect(unread.checks.get('settings')?.reason).toBe('DATABASE_URL is missing; JWT_KEYS is missing.');
    expect([...unread.checks.keys()]).toEqual(['settings', 'node', 'disk']);
  });
});

describe('weir doctor before a database that is not well (F132, R33)', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });

  afterEach(() => database.drop());

  const look = (overrides: Readonly<Record<string, string>> = {}) =>
    visit(() => testConfig({ DATABASE_URL: database.appUrl, ...overrides }));

  it.each([
    ['disabled', 'alter table secrets disable row level security'],
    ['not forced', 'alter table secrets no force row level security'],
    ['undone by a policy', 'create policy open_door on secrets to weir_app using (true)'],
  ])('names the table on which row-level security is %s', async (_what, sql) => {
    await database.query(sql);
    const { code, failed, checks } = await look();
    expect({ code, failed }).toEqual({ code: 1, failed: ['isolation'] });
    expect(checks.get('isolation')?.reason).toContain("Table 'secrets'");
  });

  it('names a role that owns the tables', async () => {
    const { code, failed, checks } = await look({ DATABASE_URL: database.ownerUrl });
    expect(code).toBe(1);
    expect(failed).toContain('isolation');
    expect(checks.get('isolation')?.reason).toContain("The database role 'weir_owner' owns tables");
  });

  it('names migrations that are missing, and one that was edited after it was applied', async () => {
    await database.query(
      `update _prisma_migrations set checksum = repeat('0', 64) where migration_name like '%_foundation'`,
    );
    const edited = await look();
    expect(edited).toMatchObject({ code: 1, failed: ['migrations'] });
    expect(edited.checks.get('migrations')?.reason).toMatch(/^Edited after .*_foundation\.$/);
    await database.query(`delete from _prisma_migrations where migration_name like '%_foundation'`);
    const missing = await look();
    expect(missing.checks.get('migrations')).toMatchObject({ status: 'failed', fix: 'Run `weir migrate`.' });
  });

  it('says once that the database does not answer, and never its password', async () => {
    const url = `postgresql://weir_app:hunter2@127.0.0.1:${await freePort()}/weir`;
    const { code, failed, checks, text } = await look({ DATABASE_URL: url });
    expect(code).toBe(1);
    expect(failed).toEqual(['database', 'isolation', 'migrations', 'clock', 'master keys']);
    expect(checks.get('database')?.fix).toContain('DATABASE_URL');
    expect(checks.get('clock')?.reason).toBe('Not known: the database does not answer.');
    expect(text).not.toContain('hunter2');
  });

  it('names the engine of an installation whose engine was never started', async () => {
    const { failed, checks } = await look({
      ENGINE_DRIVER: 'langflow',
      ENGINE_URL: `http://127.0.0.1:${await freePort()}`,
      ENGINE_SIGNING_KEY: generateEngineKeys().privateKeyPem,
    });
    expect(failed).toEqual(['engine']);
    expect(checks.get('engine')?.reason).not.toContain('127.0.0.1');
  });
});

/** The names in the deployment checklist, in its order. */
function documentedChecks(): string[] {
  const [, table = ''] = readFileSync('docs/operations.md', 'utf8').split('| check | looks for |');
  const [rows = ''] = table.split('\n\n');
  return [...rows.matchAll(/^\| `([^`]+)`/gm)].map(([, name = '']) => name);
}
