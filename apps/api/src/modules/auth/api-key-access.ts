import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { Actor, Permission } from '@weir/kernel';

/** Who a key acts as, and how far. */
export interface KeyStanding {
  readonly actor: Actor;
  /** Permissions that the key carries; the role has to have them as well. */
  readonly scopes: readonly Permission[];
  /** The operator's reason while the organization is suspended. */
  readonly suspended: string | null;
}

export interface KeyAuthenticator {
  /** @throws AppError 401 for a key that does not work, 403 for an address that it does not work from */
  authenticate(key: string, ip: string): Promise<KeyStanding>;
  /** False when the key behind an actor has ended. */
  isAlive(actor: Actor): Promise<boolean>;
}

/** The guard's way to API keys: that feature stands above sign-in and must not be known to it. */
@Injectable()
export class ApiKeyAccess {
  private authenticator: KeyAuthenticator | null = null;

  register(authenticator: KeyAuthenticator): void {
    this.authenticator = authenticator;
  }

  get(): KeyAuthenticator {
    if (this.authenticator === null) throw new Error('The API keys feature did not start.');
    return this.authenticator;
  }
}

const BEARER_KEY = /^bearer +(wk_.*)$/i;

/**
 * The key that a request brings, as bearer token or as `x-api-key`; null when it brings none, or an access token besides.
 * Keys in addresses are not looked at: those end up in logs and histories (R24).
 */
export function apiKeyOf({ authorization, 'x-api-key': header }: IncomingHttpHeaders): string | null {
  if (authorization !== undefined) return BEARER_KEY.exec(authorization)?.[1] ?? null;
  return typeof header === 'string' ? header : null;
}
