import { Injectable } from '@nestjs/common';
import { Database } from '@weir/database';
import type { Actor, Role } from '@weir/kernel';

export interface SessionRow {
  readonly id: string;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly idleExpiresAt: Date;
}

/** What a live session may count on. */
export interface Standing {
  readonly role: Role;
  /** The operator's reason while the organization is suspended: reading works, changing and running do not (F3). */
  readonly suspended: string | null;
}

export interface NewSession extends SessionRow {
  readonly expiresAt: Date;
}

export interface LoginRow {
  readonly userId: string;
  readonly organizationId: string;
  readonly passwordHash: string | null;
  readonly disabled: boolean;
  readonly knownAddress: boolean;
}

export type RotationOutcome = 'rotated' | 'reused' | 'revoked' | 'expired' | 'unknown';

export interface Rotation {
  readonly outcome: RotationOutcome;
  readonly sessionId: string | null;
  readonly userId: string | null;
  readonly organizationId: string | null;
}

export interface RefreshTokenRotation {
  readonly oldHash: Buffer;
  readonly newHash: Buffer;
  readonly at: Date;
  readonly idleUntil: Date;
}

const VISIBLE = {
  id: true,
  ip: true,
  userAgent: true,
  createdAt: true,
  lastUsedAt: true,
  idleExpiresAt: true,
} as const;

/** Logins and refresh tokens. The methods without an actor call the functions made for them (design, section 3.4). */
@Injectable()
export class SessionsRepository {
  constructor(private readonly database: Database) {}

  async findLogin(email: string, ip: string | null): Promise<LoginRow | null> {
    const rows = await this.database.query<LoginRow>`
      select user_id as "userId", organization_id as "organizationId", password_hash as "passwordHash", disabled,
        known_address as "knownAddress"
      from find_login(${email}, ${ip})`;
    return rows[0] ?? null;
  }

  async insert(actor: Actor, session: NewSession): Promise<void> {
    await this.database.client.session.create({
      data: { ...session, organizationId: actor.organizationId, userId: actor.userId },
    });
  }

  async addRefreshToken(actor: Actor, sessionId: string, hash: Buffer, at: Date): Promise<void> {
    await this.database.execute`
      select add_refresh_token(${hash}::bytea, ${actor.organizationId}::uuid, ${sessionId}::uuid, ${at}::timestamptz)`;
  }

  async rotate({ oldHash, newHash, at, idleUntil }: RefreshTokenRotation): Promise<Rotation> {
    const rows = await this.database.query<Rotation>`
      select outcome, session_id as "sessionId", user_id as "userId", organization_id as "organizationId"
      from rotate_refresh_token(${oldHash}::bytea, ${newHash}::bytea, ${at}::timestamptz, ${idleUntil}::timestamptz)`;
    return rows[0] ?? { outcome: 'unknown', sessionId: null, userId: null, organizationId: null };
  }

  /** What is behind a session that is alive; null when it, the account, the membership or the organization ended. */
  async findStanding(actor: Actor, sessionId: string, at: Date): Promise<Standing | null> {
    const rows = await this.database.query<Standing>`
      select m.role, o.suspended_reason as suspended from sessions s
      join users u on u.id = s.user_id and u.disabled_at is null
      join memberships m on m.organization_id = s.organization_id and m.user_id = s.user_id and m.removed_at is null
      join organizations o on o.id = s.organization_id and o.deleted_at is null
      where s.organization_id = ${actor.organizationId}::uuid and s.id = ${sessionId}::uuid and s.user_id = ${actor.userId}::uuid
        and s.revoked_at is null and s.expires_at > ${at}::timestamptz and s.idle_expires_at > ${at}::timestamptz`;
    return rows[0] ?? null;
  }

  listLive(actor: Actor, at: Date): Promise<SessionRow[]> {
    return this.database.client.session.findMany({
      where: {
        organizationId: actor.organizationId,
        userId: actor.userId,
        revokedAt: null,
        idleExpiresAt: { gt: at },
      },
      orderBy: { createdAt: 'desc' },
      take: 100,
      select: VISIBLE,
    });
  }

  /** @returns how many sessions were alive until now */
  async revoke(actor: Actor, sessionId: string, at: Date, reason: string): Promise<number> {
    const result = await this.database.client.session.updateMany({
      where: { organizationId: actor.organizationId, userId: actor.userId, id: sessionId, revokedAt: null },
      data: { revokedAt: at, revokedReason: reason },
    });
    return result.count;
  }

  /** In every organization of the person: row-level security shows those of the present one only. */
  async revokeAll(_actor: Actor, at: Date, reason: string, exceptSessionId?: string): Promise<number> {
    const rows = await this.database.query<{ ended: number }>`
      select end_my_sessions(${at}::timestamptz, ${reason}::text, ${exceptSessionId ?? null}::uuid) as ended`;
    return rows[0]?.ended ?? 0;
  }

  /** In the actor's organization: one person's sessions, or (null) everybody's. */
  async revokeInOrganization(
    _actor: Actor,
    ofUser: string | null,
    at: Date,
    reason: string,
  ): Promise<number> {
    const rows = await this.database.query<{ ended: number }>`
      select end_organization_sessions(${ofUser}::uuid, ${at}::timestamptz, ${reason}::text) as ended`;
    return rows[0]?.ended ?? 0;
  }
}
