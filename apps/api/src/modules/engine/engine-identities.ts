import { Injectable } from '@nestjs/common';
import { DecryptionError } from '@weir/crypto';
import { Clock, newId, type Actor } from '@weir/kernel';
import { DataKeyGoneError } from '../vault/vault.errors';
import { VaultService } from '../vault/vault.service';
import { ENGINE_CREDENTIAL_NAME } from '../vault/vault.types';
import { EngineConnection } from './engine-connection';
import { EngineCredentialsRepository, type CredentialRow } from './engine-credentials.repository';

const PURPOSE = 'engine-credential';
const KEY_NAME = 'weir';
const CACHE_MS = 5 * 60_000;
const MAX_CACHED = 10_000;

interface CachedKey {
  readonly apiKey: string;
  readonly goodUntil: number;
}

/**
 * Who a person is to the engine: one engine user per (organization, user), known by short-lived tokens that we sign. Runs
 * also need one of the engine's own API keys; it is minted on first need with that token, kept encrypted, and replaced when
 * the engine rejects it.
 */
@Injectable()
export class EngineIdentities {
  private readonly cache = new Map<string, CachedKey>();
  private readonly minting = new Map<string, Promise<string>>();

  constructor(
    private readonly connection: EngineConnection,
    private readonly credentials: EngineCredentialsRepository,
    private readonly vault: VaultService,
    private readonly clock: Clock,
  ) {}

  /** A token for management calls, good for at least half a minute. */
  tokenFor(actor: Actor): string {
    const subject = subjectOf(actor);
    return this.connection.tokens.issue({ subject, username: subject });
  }

  /** The API key that runs flows as this person. */
  async apiKeyFor(actor: Actor): Promise<string> {
    const cached = this.findCached(actor);
    if (cached !== null) return cached;
    const row = await this.credentials.find(actor);
    if (row !== null) return this.open(actor, row);
    // While we looked, a parallel run may have minted one.
    return this.findCached(actor) ?? this.mintOnce(actor, null);
  }

  /** Another key, because the engine rejected this one: the one that another process stored meanwhile, else a new one. */
  async replaceApiKey(actor: Actor, rejected: string): Promise<string> {
    this.cache.delete(subjectOf(actor));
    const row = await this.credentials.find(actor);
    if (row === null) return this.mintOnce(actor, null);
    const stored = await this.open(actor, row);
    return stored === rejected ? this.mintOnce(actor, row) : stored;
  }

  /** The person leaves: the vault deletes the stored key, and this process the one in its memory. */
  forget(actor: Actor): void {
    this.cache.delete(subjectOf(actor));
  }

  private findCached(actor: Actor): string | null {
    const cached = this.cache.get(subjectOf(actor));
    return cached !== undefined && cached.goodUntil > this.clock.now().getTime() ? cached.apiKey : null;
  }

  /** Parallel first runs share one minting. */
  private mintOnce(actor: Actor, previous: CredentialRow | null): Promise<string> {
    const subject = subjectOf(actor);
    const running = this.minting.get(subject);
    if (running !== undefined) return running;
    const started = this.mint(actor, previous).finally(() => this.minting.delete(subject));
    this.minting.set(subject, started);
    return started;
  }

  private async mint(actor: Actor, previous: CredentialRow | null): Promise<string> {
    const created = await this.connection.management.createApiKey(this.tokenFor(actor), KEY_NAME);
    const id = previous?.id ?? newId();
    const version = (previous?.version ?? 0) + 1;
    const place = { objectId: id, name: ENGINE_CREDENTIAL_NAME, version };
    const sealed = await this.vault.seal(actor, 'user', PURPOSE, place, created.apiKey);
    const row = { id, version, ...sealed };
    const stored = await (previous === null
      ? this.credentials.insert(actor, row)
      : this.credentials.replace(actor, row));
    if (stored) return this.remember(actor, created.apiKey);
    // Another process was faster: its key is the one that everybody uses, ours is given back.
    await this.connection.management.deleteApiKey(this.tokenFor(actor), created.id);
    const winner = await this.credentials.find(actor);
    if (winner === null) throw new Error('The engine credential disappeared while it was stored.');
    return this.open(actor, winner);
  }

  private async open(actor: Actor, row: CredentialRow): Promise<string> {
    const { id, version, dataKeyNumber, ...sealed } = row;
    const place = { objectId: id, name: ENGINE_CREDENTIAL_NAME, version, dataKeyNumber };
    try {
      return this.remember(actor, await this.vault.open(actor, 'user', PURPOSE, place, sealed));
    } catch (error) {
      if (error instanceof DataKeyGoneError || error instanceof DecryptionError)
        return this.openElsewhere(actor, row);
      throw error;
    }
  }

  /** A rotation may have moved the value to another data key just now. What no key opens is lost, and easily replaced. */
  private async openElsewhere(actor: Actor, unreadable: CredentialRow): Promise<string> {
    const row = await this.credentials.find(actor);
    if (row === null) return this.mintOnce(actor, null);
    return row.dataKeyNumber === unreadable.dataKeyNumber ? this.mintOnce(actor, row) : this.open(actor, row);
  }

  private remember(actor: Actor, apiKey: string): string {
    const subject = subjectOf(actor);
    this.cache.delete(subject);
    const oldest = this.cache.size >= MAX_CACHED ? this.cache.keys().next() : null;
    if (oldest?.done === false) this.cache.delete(oldest.value);
    this.cache.set(subject, { apiKey, goodUntil: this.clock.now().getTime() + CACHE_MS });
    return apiKey;
  }
}

/** The engine links its user to it for good, so it is made of ids that are never given to anybody else. */
function subjectOf({ organizationId, userId }: Actor): string {
  return `weir-${organizationId}-${userId}`;
}
