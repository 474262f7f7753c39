import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureComposeSecrets, publicKeys } from './compose-secrets.mts';
import { fernetKey, labelledKey, SecretStore, signingKey } from './secret-store.mts';
import { ensureLocalSecrets } from './secrets.mts';

const newFolder = (): string => join(mkdtempSync(join(tmpdir(), 'weir-secrets-')), 'secrets');

describe('SecretStore', () => {
  it('makes a secret once, readable by its owner only', () => {
    const folder = newFolder();
    const first = new SecretStore(folder).ensure('password', () => 'one');
    const second = new SecretStore(folder).ensure('password', () => 'two');
    expect([first, second]).toEqual(['one', 'one']);
    expect(statSync(join(folder, 'password')).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readdirSync(folder)).toEqual(['password']);
  });
});

describe('the secrets of a local start', () => {
  it('stay the same from start to start', () => {
    const folder = newFolder();
    expect(ensureLocalSecrets(new SecretStore(folder))).toEqual(ensureLocalSecrets(new SecretStore(folder)));
  });

  it('have the forms that their readers want', () => {
    expect(labelledKey('k1')).toMatch(/^k1:[A-Za-z0-9+/]{43}=$/);
    expect(Buffer.from(fernetKey(), 'base64url')).toHaveLength(32);
    expect(fernetKey()).toMatch(/^[A-Za-z0-9_-]{43}=$/);
    expect(createPrivateKey(signingKey()).asymmetricKeyDetails?.modulusLength).toBe(2048);
  });
});

describe('the secrets of docker compose', () => {
  it('fit each other and are never overwritten', () => {
    const folder = newFolder();
    const first = new SecretStore(folder, 0o644);
    ensureComposeSecrets(first);
    expect(first.created).toContain('master_keys');
    const second = new SecretStore(folder, 0o644);
    ensureComposeSecrets(second);
    expect(second.created).toEqual([]);
    const password = second.ensure('weir_app_password', () => 'new');
    expect(second.ensure('database_url', () => 'new')).toBe(
      `postgresql://weir_app:${password}@postgres:5432/weir`,
    );
    const pem = second.ensure('engine_signing_key', () => 'new');
    expect(second.ensure('engine-keys/jwks.json', () => 'new')).toBe(publicKeys(pem));
    expect(publicKeys(pem)).not.toContain('"d"');
  });

  it('are all that the compose file mounts', () => {
    const compose = readFileSync('docker/compose.yaml', 'utf8');
    const mounted = [...compose.matchAll(/file: \.\/secrets\/(\S+) \}/g)].map(([, name]) => name);
    const store = new SecretStore(newFolder());
    ensureComposeSecrets(store);
    expect(mounted.length).toBeGreaterThan(5);
    expect(mounted.filter((name) => !store.created.includes(String(name)))).toEqual([]);
  });
});
