import { createHash, createPublicKey } from 'node:crypto';
import { fernetKey, labelledKey, randomPassword, signingKey, type SecretStore } from './secret-store.mts';

const SERVER = 'postgres:5432';

/**
 * Makes the secrets that `docker/compose.yaml` mounts as files. Addresses hold the passwords of the files beside them, so
 * that nobody has to keep two of them equal.
 */
export function ensureComposeSecrets(store: SecretStore): void {
  store.ensure('postgres_password', randomPassword);
  const owner = store.ensure('weir_owner_password', randomPassword);
  const app = store.ensure('weir_app_password', randomPassword);
  const engine = store.ensure('engine_database_password', randomPassword);
  store.ensure('migration_database_url', () => `postgresql://weir_owner:${owner}@${SERVER}/weir`);
  store.ensure('database_url', () => `postgresql://weir_app:${app}@${SERVER}/weir`);
  store.ensure('engine_database_url', () => `postgresql://weir_engine:${engine}@${SERVER}/langflow`);
  store.ensure('jwt_keys', () => labelledKey('k1'));
  store.ensure('master_keys', () => labelledKey('1'));
  store.ensure('engine_superuser_password', randomPassword);
  store.ensure('engine_secret_key', fernetKey);
  const pem = store.ensure('engine_signing_key', signingKey);
  // Public, but it has to fit the key. In a folder of its own, because that folder is what a file server shows to Langflow.
  store.ensure('engine-keys/jwks.json', () => publicKeys(pem));
}

/** The key set that belongs to a private key; the id is the one that the API derives (RFC 7638). */
export function publicKeys(privateKeyPem: string): string {
  const { n, e } = createPublicKey(privateKeyPem).export({ format: 'jwk' });
  if (n === undefined || e === undefined) throw new Error('The signing key is no RSA key.');
  const kid = createHash('sha256')
    .update(JSON.stringify({ e, kty: 'RSA', n }))
    .digest('base64url');
  return JSON.stringify({ keys: [{ kty: 'RSA', n, e, kid, use: 'sig', alg: 'RS256' }] });
}
