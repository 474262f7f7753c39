import { generateKeyPairSync } from 'node:crypto';

/** A fresh RSA key pair in PEM, for tests of the tokens that the engine verifies. 2048 bits: the least that RS256 allows. */
export function generateEngineKeys(): { readonly privateKeyPem: string; readonly publicKeyPem: string } {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}
