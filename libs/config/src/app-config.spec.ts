import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from './app-config';
import { ConfigError } from './config-error';
import { renderEnvExample } from './env-example';

const complete = {
  DATABASE_URL: 'postgresql://weir_app:x@127.0.0.1/weir',
  JWT_KEYS: 'k1:abc',
  MASTER_KEYS: '1:abc',
  ENGINE_DRIVER: 'simulated',
};

describe('loadConfig', () => {
  it('names every missing variable at once (F129)', () => {
    const error = captureError(() => loadConfig({}));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toMatch(/DATABASE_URL is missing/);
    expect(error.message).toMatch(/JWT_KEYS is missing/);
    expect(error.message).toMatch(/MASTER_KEYS is missing/);
  });

  it('never repeats a value in its message', () => {
    const error = captureError(() => loadConfig({ ...complete, DATABASE_URL: 'canary-password' }));
    expect(error.message).toMatch(/DATABASE_URL/);
    expect(error.message).not.toMatch(/canary/);
  });

  it('reads a secret from the file that <NAME>_FILE names', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'weir-config-')), 'jwt');
    writeFileSync(file, 'k1:from-file\n');
    expect(loadConfig({ ...complete, JWT_KEYS: '', JWT_KEYS_FILE: file }).keys.jwt).toBe('k1:from-file');
    expect(() => loadConfig({ ...complete, JWT_KEYS: '', JWT_KEYS_FILE: `${file}.gone` })).toThrow(/ENOENT/);
  });

  it('asks for the engine address unless the simulation is configured (S17)', () => {
    expect(loadConfig(complete).engine).toEqual({ driver: 'simulated' });
    expect(() => loadConfig({ ...complete, ENGINE_DRIVER: 'langflow' })).toThrow(/ENGINE_URL is missing/);
  });

  it('asks for a key that signs audit trails when the master key cannot give one', () => {
    const kms = {
      ...complete,
      MASTER_KEYS: '',
      AWS_KMS_KEY_ARNS: 'arn:aws:kms:eu-central-1:111122223333:key/x',
    };
    expect(() => loadConfig(kms)).toThrow(/AUDIT_SIGNING_KEY is missing/);
    expect(loadConfig({ ...kms, AUDIT_SIGNING_KEY: 'pem' }).keys.auditPem).toBe('pem');
    expect(loadConfig(complete).keys.auditPem).toBeUndefined();
  });

  it('refuses a cheap password hash in production', () => {
    expect(() => loadConfig({ ...complete, NODE_ENV: 'production', BCRYPT_COST: '10' })).toThrow(
      /BCRYPT_COST/,
    );
  });

  it('is frozen to its leaves', () => {
    expect(Object.isFrozen(loadConfig(complete).http)).toBe(true);
  });
});

describe('.env.example', () => {
  it('equals the schema', () => {
    expect(readFileSync('.env.example', 'utf8')).toBe(renderEnvExample());
  });
});

function captureError(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('expected a throw');
}
