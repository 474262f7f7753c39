import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * A new unguessable token for refresh, reset, verification and API keys.
 * @param bytes of randomness; 32 gives 43 characters of base64url
 */
export function newToken(bytes = 32): string {
  return randomBytes(bytes).toString('base64url');
}

/**
 * The form in which a token is stored: SHA-256 as 64 hex characters. Fast hashing is right here, because the input is
 * random and cannot be guessed the way a password can.
 */
export function hashToken(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex');
}

/** Compares two tokens or hashes in a time that does not tell where they differ, nor how long the expected one is. */
export function tokensEqual(left: string, right: string): boolean {
  return timingSafeEqual(digest(left), digest(right));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
