import { Injectable } from '@nestjs/common';
import { TransactionRunner } from '@weir/database';
import {
  Clock,
  decodeTimeCursor,
  newId,
  notFound,
  roleMay,
  toPage,
  type Actor,
  type JsonObject,
  type Page,
  type PageRequest,
} from '@weir/kernel';
import { AuditService } from '../audit/audit.service';
import { ApiKeyCache } from './api-key-cache';
import type { ApiKeyScope } from './api-key-scopes';
import { hashApiKey, newApiKey } from './api-key-text';
import { alreadyExpired, keyOver, scopesBeyondRole, unknownWorkflows } from './api-keys.errors';
import { ApiKeysRepository, type ApiKeyRow } from './api-keys.repository';

export interface ApiKeyDraft {
  readonly name: string;
  readonly scopes: readonly ApiKeyScope[];
  readonly workflowIds: readonly string[] | null;
  readonly ipList: readonly string[] | null;
  readonly expiresAt: Date | null;
  readonly requestsPerMinute: number | null;
  readonly runsPerMonth: number | null;
}

/** The only moment in which a key is there in plain. */
export interface IssuedApiKey {
  readonly row: ApiKeyRow;
  readonly key: string;
}

/** Everybody's own keys for programs. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly keys: ApiKeysRepository,
    private readonly cache: ApiKeyCache,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError 403 for scopes beyond the actor's role, 422 for a past expiry or workflows that are not there */
  async create(actor: Actor, draft: ApiKeyDraft): Promise<IssuedApiKey> {
    const excess = draft.scopes.filter((scope) => !roleMay(actor.role, scope));
    if (excess.length > 0) throw scopesBeyondRole(excess);
    if (draft.expiresAt !== null && draft.expiresAt <= this.clock.now()) throw alreadyExpired();
    await this.requireVisible(actor, draft.workflowIds ?? []);
    return this.transactions.run(() => this.issue(actor, draft, null));
  }

  /** Newest first, without revoked ones. */
  async list(actor: Actor, { limit, cursor }: PageRequest): Promise<Page<ApiKeyRow>> {
    const after = cursor === undefined ? null : decodeTimeCursor(cursor);
    const rows = await this.keys.listPage(actor, { after, take: limit + 1 });
    return toPage(rows, limit, ({ createdAt, id }) => ({ sort: createdAt.toISOString(), id }));
  }

  /** Ends it at once in this process, and everywhere as soon as {@link ApiKeyCache} forgets it. */
  async revoke(actor: Actor, id: string): Promise<void> {
    await this.transactions.run(async () => {
      if (!(await this.keys.revoke(actor, id, this.clock.now()))) throw notFound('API key', id);
      await this.record(actor, 'api_key.revoked', id);
    });
    this.cache.forget(id);
  }

  /** A new key with the same rights; the old one works until the overlap ends. */
  async rotate(actor: Actor, id: string, overlapSeconds: number): Promise<IssuedApiKey> {
    const now = this.clock.now();
    const until = new Date(now.getTime() + overlapSeconds * 1000);
    const issued = await this.transactions.run(async () => {
      const old = await this.keys.findById(actor, id);
      if (old === null) throw notFound('API key', id);
      if (!(await this.keys.limitValidity(actor, id, now, until))) throw keyOver(old.name);
      return this.issue(actor, old, id);
    });
    this.cache.forget(id);
    return issued;
  }

  private async issue(actor: Actor, draft: ApiKeyRights, rotatedFrom: string | null): Promise<IssuedApiKey> {
    const { name, scopes, workflowIds, ipList, expiresAt, requestsPerMinute, runsPerMonth } = draft;
    const rights = { name, scopes, workflowIds, ipList, expiresAt, requestsPerMinute, runsPerMonth };
    const id = newId();
    const key = newApiKey(id);
    const unused = { lastUsedAt: null, lastUsedIp: null, validUntil: null };
    const row = {
      ...rights,
      ...unused,
      id,
      rotatedFrom,
      lastFour: key.slice(-4),
      createdAt: this.clock.now(),
    };
    await this.keys.insert(actor, { ...row, secretHash: hashApiKey(key) });
    const changes = toChanges(rights);
    if (rotatedFrom === null) await this.record(actor, 'api_key.created', id, changes);
    else await this.record(actor, 'api_key.rotated', id, { ...changes, rotatedFrom });
    return { row, key };
  }

  private async requireVisible(actor: Actor, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const visible = new Set(await this.keys.listVisibleWorkflows(actor, ids));
    const unknown = ids.filter((id) => !visible.has(id.toLowerCase()));
    if (unknown.length > 0) throw unknownWorkflows(unknown);
  }

  private async record(
    actor: Actor,
    action: string,
    objectId: string,
    changes: JsonObject = {},
  ): Promise<void> {
    await this.audit.record(actor, { action, objectType: 'api_key', objectId, changes });
  }
}

type ApiKeyRights = Omit<ApiKeyDraft, 'scopes'> & { readonly scopes: readonly string[] };

function toChanges({ scopes, workflowIds, ipList, expiresAt, ...rest }: ApiKeyRights): JsonObject {
  return {
    ...rest,
    scopes: [...scopes],
    workflowIds: workflowIds === null ? null : [...workflowIds],
    ipList: ipList === null ? null : [...ipList],
    expiresAt: expiresAt?.toISOString() ?? null,
  };
}
