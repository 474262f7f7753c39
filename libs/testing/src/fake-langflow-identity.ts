import { createPublicKey, randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { decode, verify } from 'jsonwebtoken';
import { bearerOf } from './fake-langflow-http';

export interface FakeJwks {
  readonly keys: readonly {
    readonly kty?: string;
    readonly n?: string;
    readonly e?: string;
    readonly kid?: string;
  }[];
}

export interface FakeIdentityOptions {
  /** The keys themselves, or the address that serves them; either is asked again for an unknown `kid` only. */
  readonly jwks?: FakeJwks | (() => FakeJwks);
  readonly jwksUrl?: string;
  readonly issuer?: string;
  readonly audience?: string;
}

export interface FakeUser {
  readonly id: string;
  readonly subject: string;
  readonly username: string;
  readonly email: string | null;
}

export interface FakeApiKey {
  readonly id: string;
  readonly name: string;
  readonly key: string;
  readonly userId: string;
}

/** Users and API keys of the fake: as with `LANGFLOW_EXTERNAL_AUTH_*`, a good token makes its user just in time. */
export class FakeIdentities {
  readonly users = new Map<string, FakeUser>();
  readonly apiKeys = new Map<string, FakeApiKey>();
  private readonly verificationKeys = new Map<string, FakeJwks['keys'][number]>();

  constructor(private readonly options: FakeIdentityOptions) {}

  /** The user of `Authorization: Bearer`; null when signature, audience, issuer or expiry do not hold. */
  async fromToken(request: IncomingMessage): Promise<FakeUser | null> {
    const token = bearerOf(request);
    const kid = token === null ? undefined : decode(token, { complete: true })?.header.kid;
    const key = kid === undefined ? undefined : await this.verificationKey(kid);
    if (token === null || key === undefined) return null;
    try {
      const claims = verify(token, createPublicKey({ key: { ...key }, format: 'jwk' }), {
        algorithms: ['RS256'],
        audience: this.options.audience ?? 'langflow',
        issuer: this.options.issuer ?? 'weir',
      });
      return typeof claims === 'string' || claims.sub === undefined
        ? null
        : this.provision(claims.sub, claims);
    } catch {
      return null;
    }
  }

  fromApiKey(request: IncomingMessage): FakeUser | null {
    const value = request.headers['x-api-key'];
    const key = [...this.apiKeys.values()].find((candidate) => candidate.key === value);
    return key === undefined
      ? null
      : ([...this.users.values()].find((user) => user.id === key.userId) ?? null);
  }

  createApiKey(user: FakeUser, name: string): FakeApiKey {
    const key = {
      id: randomUUID(),
      name,
      key: `sk-${randomBytes(32).toString('base64url')}`,
      userId: user.id,
    };
    this.apiKeys.set(key.id, key);
    return key;
  }

  deleteApiKey(user: FakeUser, id: string): boolean {
    return this.apiKeys.get(id)?.userId === user.id && this.apiKeys.delete(id);
  }

  private provision(subject: string, claims: { readonly [claim: string]: unknown }): FakeUser {
    const known = this.users.get(subject);
    if (known !== undefined) return known;
    const { preferred_username: username, email } = claims;
    const user = {
      id: randomUUID(),
      subject,
      username: typeof username === 'string' ? username : subject,
      email: typeof email === 'string' ? email : null,
    };
    this.users.set(subject, user);
    return user;
  }

  /** Cached by `kid`, as Langflow does: a changed key under a known `kid` is never noticed. */
  private async verificationKey(kid: string): Promise<FakeJwks['keys'][number] | undefined> {
    if (!this.verificationKeys.has(kid)) {
      for (const key of (await this.loadKeys()).keys) {
        if (key.kid !== undefined && !this.verificationKeys.has(key.kid))
          this.verificationKeys.set(key.kid, key);
      }
    }
    return this.verificationKeys.get(kid);
  }

  private async loadKeys(): Promise<FakeJwks> {
    const { jwks, jwksUrl } = this.options;
    if (typeof jwks === 'function') return jwks();
    if (jwks !== undefined) return jwks;
    if (jwksUrl === undefined) return { keys: [] };
    const response = await fetch(jwksUrl, { signal: AbortSignal.timeout(2_000) });
    return (await response.json()) as FakeJwks;
  }
}
