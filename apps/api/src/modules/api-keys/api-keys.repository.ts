import { Injectable } from '@nestjs/common';
import { Database, Prisma } from '@weir/database';
import type { Actor, Permission, Role, TimePlace } from '@weir/kernel';

/** What may be shown of a key. */
export interface ApiKeyRow {
  readonly id: string;
  readonly name: string;
  readonly lastFour: string;
  readonly scopes: readonly string[];
  /** Null: all that its maker can see. */
  readonly workflowIds: readonly string[] | null;
  /** Null: from everywhere. */
  readonly ipList: readonly string[] | null;
  readonly expiresAt: Date | null;
  readonly requestsPerMinute: number | null;
  readonly runsPerMonth: number | null;
  readonly lastUsedAt: Date | null;
  readonly lastUsedIp: string | null;
  /** End of the overlap, when another key took its place. */
  readonly validUntil: Date | null;
  readonly rotatedFrom: string | null;
  readonly createdAt: Date;
}

export interface NewApiKey extends ApiKeyRow {
  readonly secretHash: Buffer;
}

/** What the guard has to know of a key, with what its maker is now. */
export interface ApiKeyCredential {
  readonly organizationId: string;
  readonly id: string;
  readonly userId: string;
  readonly lineageId: string;
  readonly secretHash: Buffer;
  readonly scopes: readonly Permission[];
  readonly workflowIds: readonly string[] | null;
  readonly ipList: readonly string[] | null;
  readonly expiresAt: Date | null;
  readonly requestsPerMinute: number | null;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
  readonly validUntil: Date | null;
  readonly role: Role;
  readonly suspended: string | null;
}

const VISIBLE = Prisma.sql`k.id, k.name, k.last_four as "lastFour", k.scopes, k.workflow_ids as "workflowIds",
  k.ip_list as "ipList", k.expires_at as "expiresAt", k.requests_per_minute as "requestsPerMinute",
  k.runs_per_month as "runsPerMonth", k.last_used_at as "lastUsedAt", k.last_used_ip as "lastUsedIp",
  k.valid_until as "validUntil", k.rotated_from as "rotatedFrom", k.created_at as "createdAt"`;

/** Keys are strictly the person's own. Revoked ones are there for the record only. */
@Injectable()
export class ApiKeysRepository {
  constructor(private readonly database: Database) {}

  /** For the guard, before anybody is known: see design, section 3.4. */
  async findCredential(id: string): Promise<ApiKeyCredential | null> {
    const rows = await this.database.query<ApiKeyCredential>`
      select organization_id as "organizationId", id, user_id as "userId", lineage_id as "lineageId",
        secret_hash as "secretHash", scopes, workflow_ids as "workflowIds", ip_list as "ipList", expires_at as "expiresAt",
        requests_per_minute as "requestsPerMinute", last_used_at as "lastUsedAt", revoked_at as "revokedAt",
        valid_until as "validUntil", role, suspended_reason as "suspended"
      from find_api_key(${id}::uuid)`;
    return rows[0] ?? null;
  }

  /** A key that takes the place of another belongs to its lineage. */
  async insert(actor: Actor, key: NewApiKey): Promise<void> {
    await this.database.execute`
      insert into api_keys (organization_id, user_id, id, name, secret_hash, last_four, scopes, workflow_ids, ip_list,
        expires_at, requests_per_minute, runs_per_month, rotated_from, lineage_id, created_at)
      values (${actor.organizationId}::uuid, ${actor.userId}::uuid, ${key.id}::uuid, ${key.name}, ${key.secretHash}::bytea,
        ${key.lastFour}, ${key.scopes}::text[], ${key.workflowIds}::uuid[], ${key.ipList}::text[],
        ${key.expiresAt}::timestamptz, ${key.requestsPerMinute}::int, ${key.runsPerMonth}::int, ${key.rotatedFrom}::uuid,
        coalesce((select k.lineage_id from api_keys k where ${own(actor)} and k.id = ${key.rotatedFrom}::uuid), ${key.id}::uuid),
        ${key.createdAt}::timestamptz)`;
  }

  /** Newest first. */
  listPage(
    actor: Actor,
    { after, take }: { readonly after: TimePlace | null; readonly take: number },
  ): Promise<ApiKeyRow[]> {
    const older =
      after === null
        ? Prisma.empty
        : Prisma.sql`and (k.created_at, k.id) < (${after.at}::timestamptz, ${after.id}::uuid)`;
    return this.database.query<ApiKeyRow>`
      select ${VISIBLE} from api_keys k where ${own(actor)} and k.revoked_at is null ${older}
      order by k.created_at desc, k.id desc
      limit ${take}`;
  }

  async findById(actor: Actor, id: string): Promise<ApiKeyRow | null> {
    const rows = await this.database.query<ApiKeyRow>`
      select ${VISIBLE} from api_keys k where ${own(actor)} and k.id = ${id}::uuid and k.revoked_at is null`;
    return rows[0] ?? null;
  }

  /** @returns false when there is none that works, or that did until now */
  async revoke(actor: Actor, id: string, at: Date): Promise<boolean> {
    const revoked = await this.database.execute`
      update api_keys k set revoked_at = ${at}::timestamptz
      where ${own(actor)} and k.id = ${id}::uuid and k.revoked_at is null`;
    return revoked === 1;
  }

  /** The old half of a rotation. @returns false when it is over already: of two rotations at once, one happens */
  async limitValidity(actor: Actor, id: string, at: Date, until: Date): Promise<boolean> {
    const limited = await this.database.execute`
      update api_keys k set valid_until = ${until}::timestamptz
      where ${own(actor)} and k.id = ${id}::uuid and k.revoked_at is null and k.valid_until is null
        and (k.expires_at is null or k.expires_at > ${at}::timestamptz)`;
    return limited === 1;
  }

  /** At most one stamp for each `since`, whichever process uses the key. */
  async stampUse(actor: Actor, id: string, { at, since, ip }: KeyUse): Promise<void> {
    await this.database.execute`
      update api_keys k set last_used_at = ${at}::timestamptz, last_used_ip = ${ip}
      where ${own(actor)} and k.id = ${id}::uuid and (k.last_used_at is null or k.last_used_at <= ${since}::timestamptz)`;
  }

  /** Those of the workflows that the actor can see. Asked here, because the workflows feature stands above this one. */
  async listVisibleWorkflows(actor: Actor, ids: readonly string[]): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>`
      select w.id from workflows w
      where w.organization_id = ${actor.organizationId}::uuid and (w.user_id = ${actor.userId}::uuid or w.shared)
        and w.deleted_at is null and w.id = any(${ids}::uuid[])`;
    return rows.map(({ id }) => id);
  }
}

export interface KeyUse {
  readonly at: Date;
  /** A stamp that is younger than this stays. */
  readonly since: Date;
  readonly ip: string;
}

function own({ organizationId, userId }: Actor): Prisma.Sql {
  return Prisma.sql`k.organization_id = ${organizationId}::uuid and k.user_id = ${userId}::uuid`;
}
