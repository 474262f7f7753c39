import { Injectable } from '@nestjs/common';
import { Database } from '@weir/database';
import type { AuditCheckpoint, ChainPlace, SealedAuditEvent } from '@weir/crypto';
import type { Actor } from '@weir/kernel';

export type UnsealedAuditEvent = Omit<SealedAuditEvent, 'sequence'>;

export interface AuditLink {
  readonly sequence: number;
  readonly eventId: string;
  readonly hash: Uint8Array;
}

/** A sealed event with the hash of its link. */
export interface LinkedAuditEvent extends SealedAuditEvent {
  readonly hash: Buffer;
}

export interface UnsealedOrganization {
  readonly organizationId: string;
  readonly userId: string;
}

/** The chain of an organization: its links, its checkpoints and what waits for them. */
@Injectable()
export class AuditChainRepository {
  constructor(private readonly database: Database) {}

  /** Whoever has it to extend. */
  findUnsealedOrganizations(take: number): Promise<UnsealedOrganization[]> {
    return this.database.query<UnsealedOrganization>`
      select f.organization_id as "organizationId", f.user_id as "userId" from find_unsealed_organizations(${take}::int) f`;
  }

  /** Until the transaction ends, nobody else extends this chain: two processes would fork it. */
  async lock(actor: Actor): Promise<void> {
    await this.database
      .execute`select pg_advisory_xact_lock(hashtextextended(${`weir-audit ${actor.organizationId}`}, 0))`;
  }

  /** In the order in which they get their numbers. */
  listUnsealed(actor: Actor, take: number): Promise<UnsealedAuditEvent[]> {
    return this.database.query<UnsealedAuditEvent>`
      select e.organization_id as "organizationId", e.id, e.user_id as "userId", e.on_behalf_of as "onBehalfOf", e.via, e.action,
        e.object_type as "objectType", e.object_id as "objectId", e.changes, e.ip, e.request_id as "requestId",
        e.created_at as "createdAt"
      from audit_unsealed u
      join audit_events e on e.organization_id = u.organization_id and e.id = u.event_id
      where u.organization_id = ${actor.organizationId}::uuid
      order by u.created_at, u.event_id limit ${take}`;
  }

  /** The link with this number, or (null) the last one. */
  async findPlace(actor: Actor, sequence: number | null): Promise<ChainPlace | null> {
    const rows = await this.database.query<ChainPlace>`
      select l.organization_id as "organizationId", l.sequence::float8 as sequence, l.hash from audit_links l
      where l.organization_id = ${actor.organizationId}::uuid and (${sequence}::bigint is null or l.sequence = ${sequence}::bigint)
      order by l.sequence desc limit 1`;
    return rows[0] ?? null;
  }

  async insertLinks(actor: Actor, links: readonly AuditLink[], at: Date): Promise<void> {
    await this.database.execute`
      insert into audit_links (organization_id, sequence, event_id, hash, created_at)
      select ${actor.organizationId}::uuid, l.sequence, l.event_id, l.hash, ${at}::timestamptz
      from unnest(${links.map(({ sequence }) => sequence)}::bigint[], ${links.map(({ eventId }) => eventId)}::uuid[],
        ${links.map(({ hash }) => hash)}::bytea[]) as l (sequence, event_id, hash)`;
  }

  async insertCheckpoint(actor: Actor, checkpoint: AuditCheckpoint): Promise<void> {
    const { sequence, hash, publicKey, keyId, signature, signedAt } = checkpoint;
    await this.database.execute`
      insert into audit_checkpoints (organization_id, sequence, hash, public_key, key_id, signature, created_at)
      values (${actor.organizationId}::uuid, ${sequence}::bigint, ${hash}::bytea, ${publicKey}::bytea, ${keyId},
        ${signature}::bytea, ${signedAt}::timestamptz)`;
  }

  /** Sealed events from one number to another, both included, at most `take`. */
  listLinked(actor: Actor, from: number, to: number, take: number): Promise<LinkedAuditEvent[]> {
    return this.database.query<LinkedAuditEvent>`
      select e.organization_id as "organizationId", e.id, e.user_id as "userId", e.on_behalf_of as "onBehalfOf", e.via, e.action,
        e.object_type as "objectType", e.object_id as "objectId", e.changes, e.ip, e.request_id as "requestId",
        e.created_at as "createdAt", l.sequence::float8 as sequence, l.hash
      from audit_links l
      join audit_events e on e.organization_id = l.organization_id and e.id = l.event_id
      where l.organization_id = ${actor.organizationId}::uuid and l.sequence between ${from}::bigint and ${to}::bigint
      order by l.sequence limit ${take}`;
  }

  /** The last checkpoint within a part of the chain. */
  async findCheckpoint(actor: Actor, from: number, to: number): Promise<AuditCheckpoint | null> {
    const rows = await this.database.query<AuditCheckpoint>`
      select c.organization_id as "organizationId", c.sequence::float8 as sequence, c.hash, c.public_key as "publicKey",
        c.key_id as "keyId", c.signature, c.created_at as "signedAt"
      from audit_checkpoints c
      where c.organization_id = ${actor.organizationId}::uuid and c.sequence between ${from}::bigint and ${to}::bigint
      order by c.sequence desc limit 1`;
    return rows[0] ?? null;
  }
}
