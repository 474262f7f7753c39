import { Inject, Injectable } from '@nestjs/common';
import {
  DataKeyCache,
  generateDataKey,
  unwrapDataKey,
  wrapDataKey,
  type DataKeyOwner,
  type KeyProvider,
} from '@weir/crypto';
import { TransactionRunner } from '@weir/database';
import { Clock, type Actor } from '@weir/kernel';
import { AuditService } from '../audit/audit.service';
import { DataKeysRepository, type DataKeyRow } from './data-keys.repository';
import { OutsideTransaction } from './outside-transaction';
import { DataKeyGoneError } from './vault.errors';
import { KEY_PROVIDER } from './vault.tokens';
import { dataKeyOwnerOf, type VaultOwner } from './vault.types';

/** Short, because it is also how long a shredded key may live on in the memory of another process. */
const CACHE_TTL_MS = 60_000;
const CACHE_ENTRIES = 2_000;

/** An owner's data keys: made when first needed, unwrapped for a moment, replaced by rotation. */
@Injectable()
export class DataKeysService {
  private readonly cache: DataKeyCache;

  constructor(
    private readonly keys: DataKeysRepository,
    private readonly outside: OutsideTransaction,
    private readonly transactions: TransactionRunner,
    private readonly audit: AuditService,
    private readonly clock: Clock,
    @Inject(KEY_PROVIDER) private readonly provider: KeyProvider,
  ) {
    this.cache = new DataKeyCache({ clock, ttlMs: CACHE_TTL_MS, maxEntries: CACHE_ENTRIES });
  }

  /** Number of the key that seals; makes the owner's first one when there is none. */
  async currentNumber(actor: Actor, owner: VaultOwner): Promise<number> {
    const newest = await this.keys.findNewest(actor, owner);
    return newest === null ? this.create(actor, owner, 1) : newest.number;
  }

  /**
   * Makes the key `number`, unless somebody else just did, and returns the number.
   * It is committed on its own: a key that is in the cache while its row was rolled back would seal values for nobody.
   */
  private async create(actor: Actor, owner: VaultOwner, number: number): Promise<number> {
    const dataKey = generateDataKey();
    try {
      const wrapped = await wrapDataKey(this.provider, dataKey, dataKeyOwnerOf(actor, owner), number);
      const row: DataKeyRow = { ...wrapped, number, createdAt: this.clock.now() };
      await this.outside.run(() => this.keys.insertIfAbsent(actor, owner, row));
    } finally {
      dataKey.fill(0);
    }
    return number;
  }

  /**
   * Replaces the owner's current key when it was made before a moment; values move later.
   * @returns false when there is nothing to replace
   */
  async renew(actor: Actor, owner: VaultOwner, before: Date): Promise<boolean> {
    const newest = await this.keys.findNewest(actor, owner);
    if (newest === null || newest.createdAt >= before) return false;
    const number = await this.create(actor, owner, newest.number + 1);
    await this.transactions.run(async () => {
      await this.keys.retireBefore(actor, owner, number, this.clock.now());
      await this.audit.record(actor, {
        action: 'data_key.rotated',
        objectType: 'data_key',
        objectId: null,
        changes: { from: newest.number, to: number },
      });
    });
    return true;
  }

  /**
   * Runs `work` with a data key of the owner.
   * @param work synchronous; must not keep the key
   * @throws DataKeyGoneError when there is no such key (any more)
   */
  use<T>(actor: Actor, owner: VaultOwner, number: number, work: (dataKey: Buffer) => T): Promise<T> {
    const keyOwner = dataKeyOwnerOf(actor, owner);
    return this.cache.use(keyOwner, number, () => this.load(actor, owner, number), work);
  }

  /** Erases the owner's keys from this process's memory. */
  forget(keyOwner: DataKeyOwner): void {
    this.cache.forget(keyOwner);
  }

  private async load(actor: Actor, owner: VaultOwner, number: number): Promise<Buffer> {
    const row = await this.keys.findByNumber(actor, owner, number);
    if (row === null) throw new DataKeyGoneError(number);
    return unwrapDataKey(this.provider, row, dataKeyOwnerOf(actor, owner), number);
  }
}
