import { Injectable, type OnModuleInit } from '@nestjs/common';
import { tokensEqual } from '@weir/crypto';
import { Clock, runAs, runAsSystem, type Actor } from '@weir/kernel';
import { Logger } from '@weir/logging';
import { ApiKeyAccess, type KeyAuthenticator, type KeyStanding } from '../auth/api-key-access';
import { unauthenticated } from '../auth/auth.errors';
import { ApiKeyCache } from './api-key-cache';
import { hashApiKey, idOfApiKey } from './api-key-text';
import { addressNotAllowed, keyExpired } from './api-keys.errors';
import { ApiKeysRepository, type ApiKeyCredential } from './api-keys.repository';
import { isOnList } from './ip-list';

const STAMP_EVERY_MS = 60_000;

/** Tells the guard who a key is. */
@Injectable()
export class ApiKeyAuthenticator implements KeyAuthenticator, OnModuleInit {
  /** When each key was last stamped by this process. */
  private readonly stamped = new Map<string, number>();

  constructor(
    private readonly keys: ApiKeysRepository,
    private readonly cache: ApiKeyCache,
    private readonly access: ApiKeyAccess,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.access.register(this);
  }

  async authenticate(key: string, ip: string): Promise<KeyStanding> {
    const id = idOfApiKey(key);
    const credential = id === null ? null : await this.find(id);
    if (credential === null || !holds(credential, key) || this.hasEnded(credential)) throw unauthenticated();
    // Only whoever holds the key learns more than that it does not work.
    const { expiresAt, ipList, scopes, suspended } = credential;
    if (expiresAt !== null && expiresAt <= this.clock.now()) throw keyExpired(expiresAt);
    if (ipList !== null && !isOnList(ip, ipList)) throw addressNotAllowed(ip);
    const actor = actorOf(credential);
    this.stamp(actor, credential, ip);
    return { actor, scopes, suspended };
  }

  async isAlive({ apiKeyId }: Actor): Promise<boolean> {
    const credential = apiKeyId === undefined ? null : await this.find(apiKeyId);
    if (credential === null || this.hasEnded(credential)) return false;
    return credential.expiresAt === null || credential.expiresAt > this.clock.now();
  }

  /** At most {@link ApiKeyCache} old; null when there is none, or its maker or organization ended. */
  async find(id: string): Promise<ApiKeyCredential | null> {
    const cached = this.cache.find(id);
    if (cached !== undefined) return cached;
    const credential = await runAsSystem(() => this.keys.findCredential(id));
    this.cache.put(id, credential);
    return credential;
  }

  private hasEnded({ revokedAt, validUntil }: ApiKeyCredential): boolean {
    return revokedAt !== null || (validUntil !== null && validUntil <= this.clock.now());
  }

  /** The request does not wait for it. */
  private stamp(actor: Actor, { id, lastUsedAt }: ApiKeyCredential, ip: string): void {
    const at = this.clock.now();
    const since = at.getTime() - STAMP_EVERY_MS;
    if (Math.max(lastUsedAt?.getTime() ?? 0, this.stamped.get(id) ?? 0) > since) return;
    if (this.stamped.size >= MAX_STAMPED) this.stamped.clear();
    this.stamped.set(id, at.getTime());
    const stamping = runAs(actor, () => this.keys.stampUse(actor, id, { at, since: new Date(since), ip }));
    stamping.catch((error: unknown) =>
      this.logger.warn({ event: 'api_key.use_not_stamped', apiKeyId: id, err: error }),
    );
  }
}

const MAX_STAMPED = 20_000;

function holds({ secretHash }: ApiKeyCredential, key: string): boolean {
  return tokensEqual(secretHash.toString('hex'), hashApiKey(key).toString('hex'));
}

function actorOf({ id, userId, organizationId, role, workflowIds }: ApiKeyCredential): Actor {
  const actor: Actor = { userId, organizationId, role, via: 'api_key', apiKeyId: id };
  return workflowIds === null ? actor : { ...actor, workflowIds };
}
