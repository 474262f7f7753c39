import type { AppConfig } from '@weir/config';
import { testConfig } from '@weir/testing';
import { settingChecks } from './setting-checks';
import type { Verdict } from './verdict';

const base = testConfig({
  DATABASE_URL: 'postgresql://weir_app:pass@127.0.0.1:5432/weir',
  ENGINE_DRIVER: 'langflow',
  ENGINE_URL: 'http://127.0.0.1:7860',
  ENGINE_SIGNING_KEY: 'a key',
});

const production: AppConfig = {
  ...base,
  environment: 'production',
  logLevel: 'info',
  signup: 'closed',
  http: {
    ...base.http,
    port: 3000,
    internalPort: 3900,
    publicUrl: 'https://weir.example.com',
    trustProxy: ['10.0.0.0/8'],
    rateLimits: true,
  },
};

type Http = Partial<AppConfig['http']>;

const withHttp = (http: Http): AppConfig => ({ ...production, http: { ...production.http, ...http } });

async function judge(config: AppConfig): Promise<ReadonlyMap<string, Verdict>> {
  const checks = settingChecks(config);
  return new Map(
    await Promise.all(checks.map(async ({ name, examine }) => [name, await examine()] as const)),
  );
}

describe('the settings that the doctor judges (S18)', () => {
  it('are all in order in a careful production', async () => {
    for (const [name, verdict] of await judge(production)) {
      expect({ name, ...verdict }).toMatchObject({ status: 'ok', fix: null });
    }
  });

  it.each<[string, Http, 'failed' | 'ok']>([
    ['PUBLIC_URL', { publicUrl: undefined }, 'failed'],
    ['PUBLIC_URL', { publicUrl: 'http://weir.example.com' }, 'failed'],
    ['TRUST_PROXY', { trustProxy: [] }, 'failed'],
    ['TRUST_PROXY', { trustProxy: ['10.0.0.0/8', '0.0.0.0/0'] }, 'failed'],
    ['TRUST_PROXY', { trustProxy: ['::/0'] }, 'failed'],
    ['CORS_ORIGINS', { corsOrigins: ['*'] }, 'failed'],
    ['CORS_ORIGINS', { corsOrigins: ['https://*.example.com'] }, 'failed'],
    ['CORS_ORIGINS', { corsOrigins: ['http://app.example.com'] }, 'failed'],
    ['CORS_ORIGINS', { corsOrigins: ['https://app.example.com'] }, 'ok'],
    ['PORT', { port: 0 }, 'failed'],
    ['PORT', { internalPort: 3000 }, 'failed'],
    ['RATE_LIMITS', { rateLimits: false }, 'failed'],
  ])('%s with %j: %s', async (name, http, status) => {
    const verdict = (await judge(withHttp(http))).get(name);
    expect(verdict?.status).toBe(status);
    expect(verdict?.fix === null).toBe(status === 'ok');
  });

  it.each<[string, AppConfig, 'failed' | 'warning']>([
    ['LOG_LEVEL', { ...production, logLevel: 'debug' }, 'failed'],
    ['LOG_LEVEL', { ...production, logLevel: 'silent' }, 'warning'],
    ['SIGNUP', { ...production, signup: 'open' }, 'warning'],
    ['ENGINE_DRIVER', { ...production, engine: { driver: 'simulated' } }, 'warning'],
    [
      'MIGRATION_DATABASE_URL',
      {
        ...production,
        database: { ...production.database, migrationUrl: 'postgresql://weir_owner@db/weir' },
      },
      'warning',
    ],
  ])('%s can be unsafe or unmeant', async (name, config, status) => {
    expect((await judge(config)).get(name)?.status).toBe(status);
  });

  it('are not held against a development machine, which is told so', async () => {
    const found = await judge({ ...base, environment: 'development' });
    expect([...found.keys()]).toEqual(['NODE_ENV']);
    expect(found.get('NODE_ENV')?.status).toBe('warning');
  });
});
