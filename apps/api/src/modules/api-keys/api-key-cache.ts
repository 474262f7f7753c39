import { Injectable } from '@nestjs/common';
import { Clock } from '@weir/kernel';
import type { ApiKeyCredential } from './api-keys.repository';

/** How long a revoked key may still be believed on another process. The promise to users is 5 s (R22). */
const CACHE_MS = 2_000;
const MAX_ENTRIES = 20_000;

/** Spares one query for each request of a busy key. What happens to keys in this process is seen at once. */
@Injectable()
export class ApiKeyCache {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly clock: Clock) {}

  /** `undefined` means: ask the database. */
  find(id: string): ApiKeyCredential | null | undefined {
    const entry = this.entries.get(id);
    return entry === undefined || entry.until <= this.clock.now().getTime() ? undefined : entry.credential;
  }

  put(id: string, credential: ApiKeyCredential | null): void {
    if (this.entries.size >= MAX_ENTRIES) this.entries.clear();
    this.entries.set(id, { credential, until: this.clock.now().getTime() + CACHE_MS });
  }

  forget(id: string): void {
    this.entries.delete(id);
  }
}

interface Entry {
  readonly credential: ApiKeyCredential | null;
  readonly until: number;
}
