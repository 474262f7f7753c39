import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Bytes } from './bytes';
import { DecryptionError } from './crypto.errors';

const ALGORITHM = 'aes-256-gcm';
export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;

/** What AES-256-GCM produces: three `bytea` columns. */
export interface SealedValue {
  readonly nonce: Bytes;
  readonly ciphertext: Bytes;
  readonly tag: Bytes;
}

/** Encrypts under a fresh random nonce (NIST SP 800-38D section 8.2.2). */
export function seal(key: Uint8Array, associatedData: Buffer, plaintext: Uint8Array): SealedValue {
  const nonce = Buffer.from(randomBytes(NONCE_BYTES));
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associatedData);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return { nonce, ciphertext, tag: Buffer.from(cipher.getAuthTag()) };
}

/**
 * Opens what {@link seal} made.
 * @throws DecryptionError for anything else, always the same one
 */
export function open(key: Uint8Array, associatedData: Buffer, sealed: SealedValue): Buffer<ArrayBuffer> {
  if (sealed.nonce.length !== NONCE_BYTES || sealed.tag.length !== TAG_BYTES) throw new DecryptionError();
  // authTagLength: without it Node accepts a tag cut to four bytes, which can be guessed.
  const decipher = createDecipheriv(ALGORITHM, key, sealed.nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(associatedData);
  decipher.setAuthTag(sealed.tag);
  // GCM gives out text before it has checked the tag: it is erased when the check fails.
  const unverified = decipher.update(sealed.ciphertext);
  try {
    decipher.final();
    return Buffer.from(unverified);
  } catch {
    throw new DecryptionError();
  } finally {
    unverified.fill(0);
  }
}
