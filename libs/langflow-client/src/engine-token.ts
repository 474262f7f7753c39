import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Clock } from '@weir/kernel';
import { sign } from 'jsonwebtoken';

export interface EngineTokenIssuerOptions {
  /** RSA private key, PKCS#8 or PKCS#1 PEM, at least 2048 bits. */
  readonly privateKeyPem: string;
  /** Only to keep an id that other verifiers already cache; the RFC 7638 thumbprint of the key otherwise. */
  readonly kid?: string;
  readonly issuer: string;
  readonly audience: string;
  /** How long a token is good for; a few minutes. Must be more than {@link RENEW_BEFORE_EXPIRY_SECONDS}. */
  readonly lifetimeSeconds: number;
  readonly clock: Clock;
}

/** For whom a token is: one engine identity per (organization, user). */
export interface EngineSubject {
  /** `sub`: what Langflow links its user to. Must never be reused for somebody else. */
  readonly subject: string;
  /** `preferred_username`: the name of the user that Langflow makes. */
  readonly username: string;
  readonly email?: string;
}

export interface EngineJwk {
  readonly kty: 'RSA';
  readonly n: string;
  readonly e: string;
  readonly kid: string;
  readonly use: 'sig';
  readonly alg: 'RS256';
}

export interface EngineTokenIssuer {
  readonly kid: string;
  /** A token for this identity; the same one again until shortly before it expires. */
  issue(subject: EngineSubject): string;
  /** What the engine verifies with; public, contains nothing secret. */
  jwks(): { readonly keys: readonly EngineJwk[] };
}

/** A cached token is handed out no later than this before its expiry, so that it survives the request it is used for. */
export const RENEW_BEFORE_EXPIRY_SECONDS = 30;

/** Bounds the memory of the cache; identities beyond it cost one signature more. */
const MAX_CACHED_TOKENS = 10_000;

interface CachedToken {
  readonly token: string;
  readonly username: string;
  readonly email: string | undefined;
  readonly goodUntilSeconds: number;
}

/**
 * Makes the RS256 tokens by which Langflow knows its users (`LANGFLOW_EXTERNAL_AUTH_*`).
 *
 * The key id comes from the key itself (RFC 7638): Langflow caches verification keys by `kid`, fetches an unknown one and
 * never notices a changed key under a known one, so a fixed id would turn every key rotation into an outage.
 *
 * @throws TypeError when the key is no RSA key of 2048 bits or more, or the lifetime is too short
 */
export function createEngineTokenIssuer(options: EngineTokenIssuerOptions): EngineTokenIssuer {
  if (options.lifetimeSeconds <= RENEW_BEFORE_EXPIRY_SECONDS) {
    throw new TypeError(`Engine tokens must live longer than ${RENEW_BEFORE_EXPIRY_SECONDS} seconds.`);
  }
  const privateKey = readPrivateKey(options.privateKeyPem);
  const jwk = toJwk(privateKey, options.kid);
  const cache = new Map<string, CachedToken>();

  const issue = ({ subject, username, email }: EngineSubject): string => {
    const now = Math.floor(options.clock.now().getTime() / 1000);
    const cached = cache.get(subject);
    const isCurrent =
      cached?.username === username && cached.email === email && now < cached.goodUntilSeconds;
    if (isCurrent) return cached.token;

    const claims = {
      iss: options.issuer,
      aud: options.audience,
      sub: subject,
      preferred_username: username,
      ...(email === undefined ? {} : { email }),
      iat: now,
      exp: now + options.lifetimeSeconds,
    };
    const token = sign(claims, privateKey, { algorithm: 'RS256', keyid: jwk.kid });
    const goodUntilSeconds = now + options.lifetimeSeconds - RENEW_BEFORE_EXPIRY_SECONDS;
    remember(cache, subject, { token, username, email, goodUntilSeconds });
    return token;
  };

  return { kid: jwk.kid, issue, jwks: () => ({ keys: [jwk] }) };
}

/** The RFC 7638 thumbprint (SHA-256, base64url) of an RSA public key given by its JWK members. */
export function rsaThumbprint(key: { readonly n: string; readonly e: string }): string {
  return createHash('sha256')
    .update(JSON.stringify({ e: key.e, kty: 'RSA', n: key.n }))
    .digest('base64url');
}

function readPrivateKey(pem: string): KeyObject {
  const key = createPrivateKey(pem);
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.asymmetricKeyType !== 'rsa' || bits < 2048) {
    throw new TypeError('The engine token key must be an RSA key of at least 2048 bits.');
  }
  return key;
}

function toJwk(privateKey: KeyObject, kid: string | undefined): EngineJwk {
  const { n, e } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (n === undefined || e === undefined) throw new TypeError('The engine token key has no RSA public part.');
  return { kty: 'RSA', n, e, kid: kid ?? rsaThumbprint({ n, e }), use: 'sig', alg: 'RS256' };
}

/** Drops the oldest entry when the cache is full: a `Map` iterates in the order of insertion. */
function remember(cache: Map<string, CachedToken>, subject: string, entry: CachedToken): void {
  cache.delete(subject);
  const oldest = cache.size >= MAX_CACHED_TOKENS ? cache.keys().next() : null;
  if (oldest?.done === false) cache.delete(oldest.value);
  cache.set(subject, entry);
}
