import { Inject, Injectable } from '@nestjs/common';
import { hashToken, newToken, type JwtKeyRing } from '@weir/crypto';
import { Clock, currentContext, newId, notFound, runAs, runAsSystem, type Actor } from '@weir/kernel';
import { ACCESS_TOKEN_SECONDS, issueAccessToken, type AccessTokenClaims } from './access-token';
import { JWT_KEYS } from './auth.tokens';
import { SessionCache } from './session-cache';
import { SessionsRepository, type Rotation, type SessionRow, type Standing } from './sessions.repository';

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresIn: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const IDLE_LIFETIME_MS = 7 * DAY_MS;
const ABSOLUTE_LIFETIME_MS = 30 * DAY_MS;

/** Sessions and their tokens: started at sign-in, kept alive by refresh, ended by logout or reuse of a refresh token. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly cache: SessionCache,
    private readonly clock: Clock,
    @Inject(JWT_KEYS) private readonly keys: JwtKeyRing,
  ) {}

  /** Call inside the transaction of the sign-in. */
  async start(actor: Actor): Promise<Tokens> {
    const now = this.clock.now();
    const context = currentContext();
    const id = newId();
    const refreshToken = newToken();
    await this.sessions.insert(actor, {
      id,
      ip: context?.ip ?? null,
      userAgent: context?.userAgent ?? null,
      createdAt: now,
      lastUsedAt: now,
      idleExpiresAt: new Date(now.getTime() + IDLE_LIFETIME_MS),
      expiresAt: new Date(now.getTime() + ABSOLUTE_LIFETIME_MS),
    });
    await this.sessions.addRefreshToken(actor, id, hashOf(refreshToken), now);
    return this.tokens(
      { userId: actor.userId, organizationId: actor.organizationId, sessionId: id },
      refreshToken,
    );
  }

  /** Null when the token does not work. A second use of one ends its session everywhere. */
  async refresh(oldToken: string): Promise<{ tokens: Tokens | null; rotation: Rotation }> {
    const now = this.clock.now();
    const refreshToken = newToken();
    const rotation = await runAsSystem(() =>
      this.sessions.rotate({
        oldHash: hashOf(oldToken),
        newHash: hashOf(refreshToken),
        at: now,
        idleUntil: new Date(now.getTime() + IDLE_LIFETIME_MS),
      }),
    );
    const { outcome, sessionId, userId, organizationId } = rotation;
    if (sessionId !== null && outcome === 'reused') this.cache.forget(sessionId);
    if (outcome !== 'rotated' || sessionId === null || userId === null || organizationId === null) {
      return { tokens: null, rotation };
    }
    return { tokens: this.tokens({ userId, organizationId, sessionId }, refreshToken), rotation };
  }

  /** The standing of a live session, at most {@link SessionCache} old; null when the session, account or membership ended. */
  async findStanding(claims: AccessTokenClaims): Promise<Standing | null> {
    const cached = this.cache.find(claims);
    if (cached !== undefined) return cached;
    // The token's signature vouches for these ids; the row decides whether they still mean anything.
    const candidate: Actor = {
      userId: claims.userId,
      organizationId: claims.organizationId,
      role: 'viewer',
      via: 'session',
    };
    const standing = await runAs(candidate, () =>
      this.sessions.findStanding(candidate, claims.sessionId, this.clock.now()),
    );
    this.cache.put(claims, standing);
    return standing;
  }

  listLive(actor: Actor): Promise<SessionRow[]> {
    return this.sessions.listLive(actor, this.clock.now());
  }

  async end(actor: Actor, sessionId: string, reason: string): Promise<void> {
    const ended = await this.sessions.revoke(actor, sessionId, this.clock.now(), reason);
    this.cache.forget(sessionId);
    if (ended === 0) throw notFound('session', sessionId);
  }

  /** The person's own, in every organization. */
  async endAll(actor: Actor, reason: string, exceptSessionId?: string): Promise<number> {
    const ended = await this.sessions.revokeAll(actor, this.clock.now(), reason, exceptSessionId);
    this.cache.clear();
    return ended;
  }

  /** Everybody's sessions in the actor's organization, or one person's. Call inside the transaction of the reason. */
  async endInOrganization(actor: Actor, ofUser: string | null, reason: string): Promise<void> {
    await this.sessions.revokeInOrganization(actor, ofUser, this.clock.now(), reason);
    this.forgetStandings();
  }

  /** After a change of roles or rights: this process asks again at once, the others as soon as their {@link SessionCache} does. */
  forgetStandings(): void {
    this.cache.clear();
  }

  private tokens(claims: AccessTokenClaims, refreshToken: string): Tokens {
    return {
      accessToken: issueAccessToken(this.keys, this.clock, claims),
      refreshToken,
      expiresIn: ACCESS_TOKEN_SECONDS,
    };
  }
}

function hashOf(token: string): Buffer {
  return Buffer.from(hashToken(token), 'hex');
}
