import { apiEnvironment, type ApiEnvironmentInput } from './api-environment.mts';
import { localUrl } from './api.mts';
import { openDataFolder } from './data-folder.mts';
import { SecretStore } from './secret-store.mts';
import { ensureLocalSecrets } from './secrets.mts';
import { readSettings } from './settings.mts';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

describe('readSettings', () => {
  it('embeds everything when nothing is set', () => {
    expect(readSettings({ ENGINE_URL: '', DATABASE_URL: ' ' }, '/project')).toEqual({
      dataDir: '/project/.weir',
      host: '127.0.0.1',
      port: 3000,
      databaseUrl: undefined,
      migrationDatabaseUrl: undefined,
      engine: { kind: 'embedded' },
      engineOverrides: {},
    });
  });

  it('takes a Langflow that runs elsewhere, or the simulation', () => {
    expect(readSettings({ ENGINE_URL: 'http://lf:7860' }, '/p').engine).toEqual({
      kind: 'external',
      url: 'http://lf:7860',
    });
    expect(readSettings({ ENGINE_DRIVER: 'simulated', ENGINE_URL: 'http://lf' }, '/p').engine).toEqual({
      kind: 'simulated',
    });
  });

  it('says which variable is wrong and what it takes', () => {
    expect(() => readSettings({ PORT: '80a' }, '/p')).toThrow(/PORT is '80a'.*1 to 65535/);
    expect(() => readSettings({ ENGINE_DRIVER: 'dify' }, '/p')).toThrow(
      /ENGINE_DRIVER is 'dify'.*langflow.*simulated/,
    );
  });
});

describe('apiEnvironment', () => {
  const root = mkdtempSync(join(tmpdir(), 'weir-settings-'));
  const data = openDataFolder(root);
  const input: ApiEnvironmentInput = {
    settings: readSettings({ PORT: '3001' }, '/p'),
    data,
    secrets: ensureLocalSecrets(new SecretStore(data.secrets)),
    databases: {
      url: 'postgresql://weir_app:x@127.0.0.1:1/weir',
      migrationUrl: 'postgresql://weir_owner:x@127.0.0.1:1/weir',
      engineUrl: undefined,
      server: undefined,
    },
    internalPort: 3901,
    engineUrl: 'http://127.0.0.1:7001',
  };

  it('completes what the operator set and never gives the service the credentials of the owner', () => {
    const env = apiEnvironment(
      { MIGRATION_DATABASE_URL: 'secret', ENGINE_ENV_X: 'y', SIGNUP: 'closed' },
      input,
    );
    expect(env).toMatchObject({
      PORT: '3001',
      SIGNUP: 'closed',
      INTERNAL_PORT: '3901',
      ENGINE_URL: 'http://127.0.0.1:7001',
    });
    expect(env['DATABASE_URL']).toContain('weir_app');
    expect(Object.keys(env).filter((name) => /^MIGRATION_|^ENGINE_ENV_/.test(name))).toEqual([]);
    expect(JSON.stringify(env)).not.toContain('weir_owner');
  });

  it('does not replace keys that the operator brought', () => {
    const env = apiEnvironment({ JWT_KEYS: 'k9:own', MASTER_KEYS_FILE: '/run/own', KMS_KEY_ID: '' }, input);
    expect(env).toMatchObject({ JWT_KEYS: 'k9:own', MASTER_KEYS_FILE: '/run/own' });
    expect(env).not.toHaveProperty('JWT_KEYS_FILE');
    expect(apiEnvironment({ KMS_KEY_ID: 'alias/weir' }, input)).not.toHaveProperty('MASTER_KEYS_FILE');
  });
});

describe('localUrl', () => {
  it('gives an address that can be connected to', () => {
    expect(localUrl('0.0.0.0', 3000)).toBe('http://127.0.0.1:3000');
    expect(localUrl('::', 3000)).toBe('http://[::1]:3000');
    expect(localUrl('localhost', 8080)).toBe('http://localhost:8080');
  });
});
