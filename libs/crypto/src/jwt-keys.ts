import { KeyConfigurationError } from './crypto.errors';
import { parseKeyList } from './key-list';

/** One HS256 signing key. */
export interface JwtKey {
  readonly kid: string;
  readonly secret: Buffer;
}

/** The signing keys of access tokens: `current` signs, all verify, each found by the `kid` of the token's header. */
export interface JwtKeyRing {
  readonly current: JwtKey;
  readonly byKid: ReadonlyMap<string, JwtKey>;
}

const VARIABLE = 'JWT_KEYS';
const KID = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Reads `kid:base64[,kid:base64]`, newest first. Putting a new key in front rotates without a logout: old tokens still
 * verify until their key is taken out (R19).
 * @throws KeyConfigurationError naming `JWT_KEYS` when it is missing or a key is malformed, under 32 bytes, weak or an
 *   example (RFC 7518 section 3.2 asks for at least the 256 bits of the hash)
 */
export function parseJwtKeys(text: string): JwtKeyRing {
  const keys = parseKeyList(VARIABLE, text).map(({ label, key }): JwtKey => {
    if (!KID.test(label)) {
      throw new KeyConfigurationError(
        VARIABLE,
        `names a key '${label}', but key ids are 1 to 64 letters, digits, '-' and '_'`,
      );
    }
    return { kid: label, secret: key };
  });
  const [current] = keys;
  if (current === undefined) throw new KeyConfigurationError(VARIABLE, 'is missing');
  return { current, byKid: new Map(keys.map((key) => [key.kid, key])) };
}
