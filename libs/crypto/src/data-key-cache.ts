import type { Clock } from '@weir/kernel';
import type { DataKeyOwner } from './data-key';

export interface DataKeyCacheOptions {
  readonly clock: Clock;
  /** How long an unwrapped key may stay in memory. Also how long a shredded key may outlive its row in other processes. */
  readonly ttlMs: number;
  readonly maxEntries: number;
}

interface Entry {
  readonly dataKey: Buffer;
  readonly expiresAt: number;
}

/**
 * Unwrapped data keys, few and for a short time, so that not every secret costs a call to the key provider.
 * It owns the keys it is given and zeroes them when it drops them. That is why it lends a key to synchronous work and
 * never hands one out: a key that is erased while somebody awaits would encrypt with zeros.
 */
export class DataKeyCache {
  /** In order of last use, so that the first one is the one to drop. */
  private readonly entries = new Map<string, Entry>();
  private readonly loading = new Map<string, Promise<void>>();

  constructor(private readonly options: DataKeyCacheOptions) {}

  /**
   * Runs `work` with the owner's data key.
   * @param load unwraps the key when it is not cached; concurrent callers share one load
   * @param work synchronous; must not keep the key
   */
  async use<T>(
    owner: DataKeyOwner,
    number: number,
    load: () => Promise<Buffer>,
    work: (dataKey: Buffer) => T,
  ): Promise<T> {
    const id = idOf(owner, number);
    const cached = this.find(id);
    if (cached !== null) return work(cached);
    await this.loadOnce(id, load);
    const loaded = this.find(id);
    if (loaded !== null) return work(loaded);
    // Forgotten or crowded out while it was loading: ask again (a shredded key is gone now) and keep nothing.
    const own = await load();
    try {
      return work(own);
    } finally {
      own.fill(0);
    }
  }

  /** Erases every key of the owner, also one that is being loaded. For rotation and shredding. */
  forget(owner: DataKeyOwner): void {
    const prefix = prefixOf(owner);
    for (const id of this.entries.keys()) if (id.startsWith(prefix)) this.drop(id);
    for (const id of this.loading.keys()) if (id.startsWith(prefix)) this.loading.delete(id);
  }

  /** Erases everything. For shutdown. */
  clear(): void {
    for (const id of this.entries.keys()) this.drop(id);
    this.loading.clear();
  }

  get size(): number {
    return this.entries.size;
  }

  private loadOnce(id: string, load: () => Promise<Buffer>): Promise<void> {
    const running = this.loading.get(id);
    if (running !== undefined) return running;
    const started: Promise<void> = this.load(id, load, () => this.loading.get(id) === started);
    this.loading.set(id, started);
    return started;
  }

  /** @param isWanted false once the owner was forgotten: the key that arrives then is erased, not kept */
  private async load(id: string, load: () => Promise<Buffer>, isWanted: () => boolean): Promise<void> {
    try {
      const dataKey = await Promise.resolve().then(load);
      if (isWanted()) this.keep(id, dataKey);
      else dataKey.fill(0);
    } finally {
      if (isWanted()) this.loading.delete(id);
    }
  }

  private keep(id: string, dataKey: Buffer): void {
    this.drop(id);
    const now = this.options.clock.now().getTime();
    for (const [other, entry] of this.entries) if (entry.expiresAt <= now) this.drop(other);
    this.entries.set(id, { dataKey, expiresAt: now + this.options.ttlMs });
    for (const other of this.entries.keys()) {
      if (this.entries.size <= this.options.maxEntries) break;
      this.drop(other);
    }
  }

  private find(id: string): Buffer | null {
    const entry = this.entries.get(id);
    if (entry === undefined) return null;
    if (entry.expiresAt <= this.options.clock.now().getTime()) {
      this.drop(id);
      return null;
    }
    this.entries.delete(id);
    this.entries.set(id, entry);
    return entry.dataKey;
  }

  private drop(id: string): void {
    this.entries.get(id)?.dataKey.fill(0);
    this.entries.delete(id);
  }
}

function prefixOf(owner: DataKeyOwner): string {
  return `${owner.organizationId}/${owner.ownerUserId ?? 'organization'}/`;
}

function idOf(owner: DataKeyOwner, number: number): string {
  return `${prefixOf(owner)}${number}`;
}
