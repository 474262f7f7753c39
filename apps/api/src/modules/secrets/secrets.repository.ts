import { Injectable } from '@nestjs/common';
import { Database } from '@weir/database';
import type { Actor, JsonObject, Keyset } from '@weir/kernel';
import type { StoredValue } from '../vault/vault.types';

/** What may be shown of a secret. */
export interface SecretRow {
  readonly id: string;
  readonly name: string;
  readonly provider: string | null;
  readonly lastFour: string | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly lastUsedAt: Date | null;
}

export interface SealedSecretRow extends StoredValue {
  readonly id: string;
  /** Null when it is the organization's. */
  readonly userId: string | null;
  readonly name: string;
  readonly version: number;
}

export interface NewSecretRow extends StoredValue {
  readonly id: string;
  readonly name: string;
  readonly provider: string | null;
  readonly lastFour: string | null;
  readonly version: number;
}

/** One use of secrets by a run. */
export interface SecretUseRecord {
  readonly auditId: string;
  readonly secretIds: readonly string[];
  readonly changes: JsonObject;
  readonly workflowId: string;
  readonly ip: string | null;
  readonly requestId: string;
  readonly at: Date;
}

const VISIBLE = {
  id: true,
  name: true,
  provider: true,
  lastFour: true,
  version: true,
  createdAt: true,
  updatedAt: true,
  lastUsedAt: true,
} as const;
const SEALED = {
  id: true,
  userId: true,
  name: true,
  version: true,
  dataKeyNumber: true,
  nonce: true,
  ciphertext: true,
  tag: true,
} as const;

/** Secrets are strictly the person's own; reading for a run also sees those of the organization. */
@Injectable()
export class SecretsRepository {
  constructor(private readonly database: Database) {}

  /** By name. */
  listPage(
    actor: Actor,
    { limit, after }: { readonly limit: number; readonly after: Keyset | null },
  ): Promise<SecretRow[]> {
    return this.database.client.secret.findMany({
      where: { ...own(actor), ...(after === null ? {} : { name: { gt: after.sort } }) },
      orderBy: { name: 'asc' },
      take: limit + 1,
      select: VISIBLE,
    });
  }

  findByName(actor: Actor, name: string): Promise<SecretRow | null> {
    return this.database.client.secret.findFirst({ where: { ...own(actor), name }, select: VISIBLE });
  }

  /** The sealed values behind the names that the actor may use: the own ones and the organization's. */
  findUsable(actor: Actor, names: readonly string[]): Promise<SealedSecretRow[]> {
    const { organizationId, userId } = actor;
    return this.database.client.secret.findMany({
      where: { organizationId, name: { in: [...names] }, OR: [{ userId }, { userId: null }] },
      select: SEALED,
    });
  }

  /** @returns false when the actor has a secret of this name already */
  async insert(actor: Actor, row: NewSecretRow, at: Date): Promise<boolean> {
    const { count } = await this.database.client.secret.createMany({
      data: [{ ...row, ...own(actor), createdAt: at, updatedAt: at }],
      skipDuplicates: true,
    });
    return count === 1;
  }

  /** @returns false when it is no longer at the version before this one */
  async replace(actor: Actor, row: NewSecretRow, at: Date): Promise<boolean> {
    const { id, name: _name, ...changes } = row;
    const { count } = await this.database.client.secret.updateMany({
      where: { ...own(actor), id, version: row.version - 1 },
      data: { ...changes, updatedAt: at },
    });
    return count === 1;
  }

  /** @returns false when there was none */
  async delete(actor: Actor, id: string): Promise<boolean> {
    const { count } = await this.database.client.secret.deleteMany({ where: { ...own(actor), id } });
    return count === 1;
  }

  /** Stamps the secrets and writes the audit row in one statement: every run waits for it. */
  async recordUse(actor: Actor, use: SecretUseRecord): Promise<void> {
    const { organizationId, userId, via, onBehalfOf = null } = actor;
    await this.database.execute`
      with stamped as (
        update secrets set last_used_at = ${use.at}::timestamptz
        where organization_id = ${organizationId}::uuid and (user_id = ${userId}::uuid or user_id is null)
          and id = any (${[...use.secretIds]}::uuid[])
        returning 1)
      insert into audit_events
        (organization_id, id, user_id, on_behalf_of, via, action, object_type, object_id, changes, ip, request_id, created_at)
      values (${organizationId}::uuid, ${use.auditId}::uuid, ${userId}::uuid, ${onBehalfOf}::uuid, ${via}, 'secret.used', 'workflow',
        ${use.workflowId}, ${JSON.stringify(use.changes)}::jsonb, ${use.ip}, ${use.requestId}, ${use.at}::timestamptz)`;
  }
}

function own(actor: Actor): { organizationId: string; userId: string } {
  return { organizationId: actor.organizationId, userId: actor.userId };
}
