import { Injectable } from '@nestjs/common';
import { Clock } from '@weir/kernel';
import type { AccessTokenClaims } from './access-token';
import type { Standing } from './sessions.repository';

/** How long an ended session may still be believed on another process. The promise to users is 5 s (R22). */
export const SESSION_CACHE_MS = 2_000;
const MAX_ENTRIES = 20_000;

/** Spares one query for each request of a busy session. Ends, role changes and suspensions in this process are seen at once. */
@Injectable()
export class SessionCache {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly clock: Clock) {}

  /** `undefined` means: ask the database. */
  find(claims: AccessTokenClaims): Standing | null | undefined {
    const entry = this.entries.get(claims.sessionId);
    if (entry === undefined || entry.until <= this.clock.now().getTime()) return undefined;
    // What is known is known about this person in this organization (F16).
    const { userId, organizationId } = entry.claims;
    return userId === claims.userId && organizationId === claims.organizationId ? entry.standing : undefined;
  }

  put(claims: AccessTokenClaims, standing: Standing | null): void {
    if (this.entries.size >= MAX_ENTRIES) this.entries.clear();
    this.entries.set(claims.sessionId, {
      claims,
      standing,
      until: this.clock.now().getTime() + SESSION_CACHE_MS,
    });
  }

  forget(sessionId: string): void {
    this.entries.delete(sessionId);
  }

  clear(): void {
    this.entries.clear();
  }
}

interface Entry {
  readonly claims: AccessTokenClaims;
  readonly standing: Standing | null;
  readonly until: number;
}
