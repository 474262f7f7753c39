import { createSecretKey, type KeyObject } from 'node:crypto';
import type { JwtKeyRing } from '@weir/crypto';
import { isJsonObject, isUuid, newId, type Clock } from '@weir/kernel';
import { decode, sign, verify, type JwtHeader } from 'jsonwebtoken';

export const ACCESS_TOKEN_SECONDS = 15 * 60;
export const ACCESS_TOKEN_ISSUER = 'weir';
export const ACCESS_TOKEN_AUDIENCE = 'weir-api';
/** RFC 9068: a token of another kind (refresh, launch, embed) can never be taken for an access token. */
const ACCESS_TOKEN_TYPE = 'at+jwt';
const CLOCK_SKEW_SECONDS = 60;

/** What an access token says. The role is not in it: it is looked up, so that a change takes effect at once. */
export interface AccessTokenClaims {
  readonly userId: string;
  readonly sessionId: string;
  readonly organizationId: string;
}

export function issueAccessToken(keys: JwtKeyRing, clock: Clock, claims: AccessTokenClaims): string {
  const issuedAt = Math.floor(clock.now().getTime() / 1000);
  const payload = {
    sub: claims.userId,
    sid: claims.sessionId,
    org: claims.organizationId,
    iss: ACCESS_TOKEN_ISSUER,
    aud: ACCESS_TOKEN_AUDIENCE,
    iat: issuedAt,
    exp: issuedAt + ACCESS_TOKEN_SECONDS,
    jti: newId(),
  };
  return sign(payload, keys.current.secret, {
    algorithm: 'HS256',
    header: { alg: 'HS256', typ: ACCESS_TOKEN_TYPE, kid: keys.current.kid },
  });
}

/** The key for a token, chosen by its header alone and only from the configured ones (R14); null refuses the token. */
export function keyForToken(keys: JwtKeyRing, token: string): KeyObject | null {
  const header = headerOf(token);
  if (header === null || header.typ !== ACCESS_TOKEN_TYPE || header.alg !== 'HS256') return null;
  // `crit` lists extensions that must be understood; we understand none (RFC 7515 section 4.1.11), the library ignores it.
  if (header.crit !== undefined) return null;
  const secret = typeof header.kid === 'string' ? keys.byKid.get(header.kid)?.secret : undefined;
  return secret === undefined ? null : keyObjectOf(secret);
}

/** True for a token that one of our keys signed, whatever its times say. */
export function isGenuineToken(keys: JwtKeyRing, token: string): boolean {
  const key = keyForToken(keys, token);
  if (key === null) return false;
  try {
    verify(token, key, { algorithms: ['HS256'], ignoreExpiration: true, ignoreNotBefore: true });
    return true;
  } catch {
    return false;
  }
}

const keyObjects = new WeakMap<Buffer, KeyObject>();

/** Made once a key: given raw bytes, jsonwebtoken first tries to read them as a public key, at every request. */
function keyObjectOf(secret: Buffer): KeyObject {
  const made = keyObjects.get(secret) ?? createSecretKey(secret);
  keyObjects.set(secret, made);
  return made;
}

function headerOf(token: string): JwtHeader | null {
  try {
    return decode(token, { complete: true })?.header ?? null;
  } catch {
    // The library throws for a payload that is no JSON, and only then.
    return null;
  }
}

/** Claims of a token whose signature, issuer and audience were verified; null when its times or ids are not ours. */
export function readClaims(payload: unknown, clock: Clock): AccessTokenClaims | null {
  if (!isJsonObject(payload)) return null;
  const { sub, sid, org, iat, exp, nbf } = payload;
  const now = clock.now().getTime() / 1000;
  if (!isWholeSeconds(iat) || !isWholeSeconds(exp)) return null;
  if (exp - iat > ACCESS_TOKEN_SECONDS || exp + CLOCK_SKEW_SECONDS <= now || iat > now + CLOCK_SKEW_SECONDS)
    return null;
  if (nbf !== undefined && (!isWholeSeconds(nbf) || nbf > now + CLOCK_SKEW_SECONDS)) return null;
  if (!isId(sub) || !isId(sid) || !isId(org)) return null;
  return { userId: sub, sessionId: sid, organizationId: org };
}

const isWholeSeconds = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value);
const isId = (value: unknown): value is string => typeof value === 'string' && isUuid(value);
