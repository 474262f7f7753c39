import {
  createHash,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import { decodeBase64Strictly } from './bytes';
import { KeyConfigurationError } from './crypto.errors';
import type { MasterKeyRing } from './master-keys';

const VARIABLE = 'AUDIT_SIGNING_KEY';
const DERIVATION = 'weir-audit-checkpoint';
export const ED25519_KEY_BYTES = 32;
/** What stands in front of the 32 bytes of an Ed25519 key in PKCS #8 and in SPKI (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const KEY_ID_CHARACTERS = 16;

/** Signs statements about audit trails with Ed25519, so that a customer needs nothing but a public key. */
export class AuditSigner {
  /** The 32 raw bytes. */
  readonly publicKey: Buffer;
  readonly keyId: string;

  private constructor(private readonly privateKey: KeyObject) {
    this.publicKey = createPublicKey(privateKey)
      .export({ format: 'der', type: 'spki' })
      .subarray(SPKI_PREFIX.length);
    this.keyId = auditKeyId(this.publicKey);
  }

  /** @throws KeyConfigurationError naming `AUDIT_SIGNING_KEY` when it is no Ed25519 private key */
  static fromPem(pem: string): AuditSigner {
    return new AuditSigner(readPrivateKey(pem));
  }

  /** The key that follows from the newest master key: an installation needs no further secret. */
  static fromMasterKeys({ newest, keys }: MasterKeyRing): AuditSigner {
    const masterKey = keys.get(newest);
    if (masterKey === undefined) throw new KeyConfigurationError('MASTER_KEYS', 'is missing');
    const seed = Buffer.from(hkdfSync('sha256', masterKey, '', DERIVATION, ED25519_KEY_BYTES));
    const der = Buffer.concat([PKCS8_PREFIX, seed]);
    try {
      return new AuditSigner(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
    } finally {
      seed.fill(0);
      der.fill(0);
    }
  }

  sign(statement: string): Buffer {
    return sign(null, Buffer.from(statement), this.privateKey);
  }
}

function readPrivateKey(pem: string): KeyObject {
  const hint = 'is not an Ed25519 private key: make one with `openssl genpkey -algorithm ed25519`';
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // The reason of the library could quote the key.
  }
  throw new KeyConfigurationError(VARIABLE, hint);
}

/** A short name for a public key: the beginning of the hex form of its SHA-256. */
export function auditKeyId(publicKey: Uint8Array): string {
  return createHash('sha256').update(publicKey).digest('hex').slice(0, KEY_ID_CHARACTERS);
}

/** @param publicKey the 32 raw bytes */
export function isAuditSignature(publicKey: Uint8Array, statement: string, signature: Uint8Array): boolean {
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' });
  return verify(null, Buffer.from(statement), key, signature);
}

/**
 * A public key as people hand it on: PEM, or base64 of the 32 raw bytes.
 * @returns the raw bytes; null when it is neither
 */
export function parseAuditPublicKey(text: string): Buffer | null {
  const trimmed = text.trim();
  if (trimmed.startsWith('-----BEGIN PUBLIC KEY-----')) return rawFromPem(trimmed);
  const raw = decodeBase64Strictly(trimmed);
  return raw?.length === ED25519_KEY_BYTES ? raw : null;
}

function rawFromPem(pem: string): Buffer | null {
  try {
    const key = createPublicKey(pem);
    if (key.asymmetricKeyType !== 'ed25519') return null;
    return key.export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length);
  } catch {
    return null;
  }
}
