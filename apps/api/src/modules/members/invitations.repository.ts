import { Injectable } from '@nestjs/common';
import { Database } from '@weir/database';
import type { Actor, Role, TimePlace } from '@weir/kernel';

export interface InvitationRow {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  readonly invitedBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly acceptedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** What a link leads to. */
export interface FoundInvitation {
  readonly organizationId: string;
  readonly email: string;
  readonly role: Role;
  readonly expiresAt: Date;
  /** Accepted or withdrawn. */
  readonly over: boolean;
  readonly suspendedReason: string | null;
  readonly accountExists: boolean;
}

export interface NewInvitation {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  readonly tokenHash: Buffer;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

const OPEN = { acceptedAt: null, revokedAt: null } as const;

@Injectable()
export class InvitationsRepository {
  constructor(private readonly database: Database) {}

  /** @returns false when there is an open invitation of this address */
  async insert(actor: Actor, invitation: NewInvitation): Promise<boolean> {
    const { id, email, role, tokenHash, createdAt, expiresAt } = invitation;
    const inserted = await this.database.execute`
      insert into invitations (organization_id, id, email, role, token_hash, invited_by, created_at, expires_at)
      values (${actor.organizationId}::uuid, ${id}::uuid, ${email}, ${role}, ${tokenHash}::bytea, ${actor.userId}::uuid,
        ${createdAt}::timestamptz, ${expiresAt}::timestamptz)
      on conflict (organization_id, email) where accepted_at is null and revoked_at is null do nothing`;
    return inserted === 1;
  }

  /** What has run out makes room for a new one. */
  async revokeExpired(actor: Actor, email: string, at: Date): Promise<void> {
    await this.database.client.invitation.updateMany({
      where: { organizationId: actor.organizationId, email, ...OPEN, expiresAt: { lte: at } },
      data: { revokedAt: at },
    });
  }

  listPage(actor: Actor, after: TimePlace | null, take: number): Promise<InvitationRow[]> {
    return this.database.query<InvitationRow>`
      select i.id, i.email, i.role, i.invited_by as "invitedBy", i.created_at as "createdAt", i.expires_at as "expiresAt",
        i.accepted_at as "acceptedAt", i.revoked_at as "revokedAt"
      from invitations i
      where i.organization_id = ${actor.organizationId}::uuid
        and (${after?.at ?? null}::timestamptz is null
          or (i.created_at, i.id) < (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::uuid))
      order by i.created_at desc, i.id desc limit ${take}::int`;
  }

  async findById(actor: Actor, id: string): Promise<InvitationRow | null> {
    const rows = await this.database.query<InvitationRow>`
      select i.id, i.email, i.role, i.invited_by as "invitedBy", i.created_at as "createdAt", i.expires_at as "expiresAt",
        i.accepted_at as "acceptedAt", i.revoked_at as "revokedAt"
      from invitations i where i.organization_id = ${actor.organizationId}::uuid and i.id = ${id}::uuid`;
    return rows[0] ?? null;
  }

  /** @returns how many open invitations there were: one, or none */
  async revoke(actor: Actor, id: string, at: Date): Promise<number> {
    const result = await this.database.client.invitation.updateMany({
      where: { organizationId: actor.organizationId, id, ...OPEN },
      data: { revokedAt: at },
    });
    return result.count;
  }

  /** The link before stops working with this. @returns how many open invitations there were: one, or none */
  async replaceToken(actor: Actor, id: string, tokenHash: Buffer, expiresAt: Date): Promise<number> {
    return this.database.execute`
      update invitations set token_hash = ${tokenHash}::bytea, expires_at = ${expiresAt}::timestamptz
      where organization_id = ${actor.organizationId}::uuid and id = ${id}::uuid and accepted_at is null and revoked_at is null`;
  }

  async isMember(_actor: Actor, email: string): Promise<boolean> {
    const rows = await this.database.query<{ member: boolean }>`
      select is_member_address(${email}::text) as member`;
    return rows[0]?.member === true;
  }

  async findByToken(tokenHash: Buffer): Promise<FoundInvitation | null> {
    const rows = await this.database.query<FoundInvitation>`
      select organization_id as "organizationId", email, role, expires_at as "expiresAt", over,
        suspended_reason as "suspendedReason", account_exists as "accountExists"
      from find_invitation(${tokenHash}::bytea)`;
    return rows[0] ?? null;
  }

  /** @returns false when it was used, withdrawn or replaced meanwhile */
  async accept(_actor: Actor, tokenHash: Buffer, membershipId: string, at: Date): Promise<boolean> {
    const rows = await this.database.query<{ accepted: boolean }>`
      select accept_invitation(${tokenHash}::bytea, ${membershipId}::uuid, ${at}::timestamptz) as accepted`;
    return rows[0]?.accepted === true;
  }
}
