import { readFileSync } from 'node:fs';
import { parseEnvironmentFile } from './environment-file.mts';
import { engineEnvironment, engineOverrides, replacedSettings, type EngineSettings } from './environment.mts';

const hardened = parseEnvironmentFile(readFileSync('engines/langflow/environment.env', 'utf8'));
const settings: EngineSettings = {
  databaseUrl: 'postgresql://weir_engine:pw@127.0.0.1:5432/langflow',
  jwksUrl: 'http://127.0.0.1:3900/.well-known/jwks.json',
  superuserPassword: 'superuser-password',
  secretKey: 'fernet-key',
  homeDir: '/data/engine-home',
  pythonDir: '/data/engine/abc',
  overrides: {},
};

describe('the hardened environment', () => {
  it.each([
    ['LANGFLOW_AUTO_LOGIN', 'false'],
    ['LANGFLOW_FALLBACK_TO_ENV_VAR', 'false'],
    ['LANGFLOW_STORE_ENVIRONMENT_VARIABLES', 'false'],
    ['LANGFLOW_ALLOW_CUSTOM_COMPONENTS', 'false'],
    ['LANGFLOW_BLOCK_CODE_INTERPRETER_COMPONENTS', 'true'],
    ['LANGFLOW_SSRF_PROTECTION_ENABLED', 'true'],
    ['LANGFLOW_EXTERNAL_AUTH_ALGORITHMS', 'RS256'],
    ['LANGFLOW_REMOVE_API_KEYS', 'false'],
  ])('sets %s=%s', (name, value) => {
    expect(hardened[name]).toBe(value);
  });

  it('holds no secret, address or host of a deployment', () => {
    const names = Object.keys(hardened);
    expect(names.filter((name) => /PASSWORD|SECRET_KEY|DATABASE|_URL$/.test(name))).toEqual([]);
  });
});

describe('engineEnvironment', () => {
  it('inherits neither provider keys nor our own secrets (R41)', () => {
    const own = {
      OPENAI_API_KEY: 'sk-operator',
      DATABASE_URL: 'postgresql://weir_app@x',
      PATH: '/home/me/bin',
      TZ: 'UTC',
    };
    const env = engineEnvironment(hardened, settings, own);
    expect(env).not.toHaveProperty('OPENAI_API_KEY');
    expect(env).not.toHaveProperty('DATABASE_URL');
    expect(env['PATH']).not.toContain('/home/me');
    expect(env['TZ']).toBe('UTC');
    expect(env['HOME']).toBe('/data/engine-home');
  });

  it('reaches loopback without the proxy of the machine', () => {
    const env = engineEnvironment(hardened, settings, {
      HTTPS_PROXY: 'http://proxy:3128',
      NO_PROXY: 'intern.example',
    });
    expect(env['HTTPS_PROXY']).toBe('http://proxy:3128');
    expect(env['NO_PROXY']).toBe('127.0.0.1,localhost,intern.example');
  });

  it('lets the operator win, and tells which hardened settings that replaced', () => {
    const overrides = engineOverrides({
      ENGINE_ENV_OPENAI_BASE_URL: 'http://127.0.0.2:9/v1',
      ENGINE_ENV_LANGFLOW_LOG_LEVEL: 'debug',
      ENGINE_ENV_: 'nothing',
      OTHER: 'x',
    });
    const env = engineEnvironment(hardened, { ...settings, overrides }, {});
    expect(env).toMatchObject({ OPENAI_BASE_URL: 'http://127.0.0.2:9/v1', LANGFLOW_LOG_LEVEL: 'debug' });
    expect(replacedSettings(hardened, overrides)).toEqual(['LANGFLOW_LOG_LEVEL']);
  });
});

describe('parseEnvironmentFile', () => {
  it('reads names and values, and keeps what follows the first equals sign', () => {
    expect(parseEnvironmentFile('# about\n\nA=1\nB_2=x=y # z\nC=\n')).toEqual({
      A: '1',
      B_2: 'x=y # z',
      C: '',
    });
  });

  it('names the line that it cannot read', () => {
    expect(() => parseEnvironmentFile('A=1\nexport B=2\n')).toThrow(/Line 2/);
  });
});
