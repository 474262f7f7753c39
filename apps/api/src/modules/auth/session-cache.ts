import { Injectable } from '@nestjs/common';
import { Clock, type Role } from '@weir/kernel';

/** How long an ended session may still be believed on another process. The promise to users is 5 s (R22). */
export const SESSION_CACHE_MS = 2_000;
const MAX_ENTRIES = 20_000;

/** Spares one query for each request of a busy session. Ends and role changes in this process are seen at once. */
@Injectable()
export class SessionCache {
  private readonly roles = new Map<string, { readonly role: Role | null; readonly until: number }>();

  constructor(private readonly clock: Clock) {}

  /** `undefined` means: ask the database. */
  find(sessionId: string): Role | null | undefined {
    const entry = this.roles.get(sessionId);
    return entry !== undefined && entry.until > this.clock.now().getTime() ? entry.role : undefined;
  }

  put(sessionId: string, role: Role | null): void {
    if (this.roles.size >= MAX_ENTRIES) this.roles.clear();
    this.roles.set(sessionId, { role, until: this.clock.now().getTime() + SESSION_CACHE_MS });
  }

  forget(sessionId: string): void {
    this.roles.delete(sessionId);
  }

  clear(): void {
    this.roles.clear();
  }
}
