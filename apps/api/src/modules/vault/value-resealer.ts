import { Injectable } from '@nestjs/common';
import { DecryptionError } from '@weir/crypto';
import type { Actor } from '@weir/kernel';
import { DataKeysRepository } from './data-keys.repository';
import { SealedStores, type SealedRow, type SealedStore } from './sealed-stores';
import { VaultService } from './vault.service';
import { DataKeyGoneError } from './vault.errors';
import type { VaultOwner } from './vault.types';

export interface ResealReport {
  readonly resealed: number;
  /** Ids of values that do not open; they stay as they are. */
  readonly unreadable: readonly string[];
}

const BATCH = 100;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** Moves an owner's values to the owner's newest data key, in batches; each value is one small step of its own. */
@Injectable()
export class ValueResealer {
  constructor(
    private readonly keys: DataKeysRepository,
    private readonly stores: SealedStores,
    private readonly vault: VaultService,
  ) {}

  async reseal(actor: Actor, owner: VaultOwner): Promise<ResealReport> {
    const newest = await this.keys.findNewest(actor, owner);
    // The owner left while the walk was under way.
    if (newest === null) return { resealed: 0, unreadable: [] };
    let resealed = 0;
    const unreadable: string[] = [];
    for (const store of this.stores.all) {
      for (let afterId: string | undefined = FIRST_ID; afterId !== undefined;) {
        const rows: SealedRow[] = await store.findSealedBefore(actor, owner, {
          number: newest.number,
          afterId,
          limit: BATCH,
        });
        for (const row of rows) {
          const moved = await this.move(actor, owner, store, row);
          if (moved === 'unreadable') unreadable.push(row.objectId);
          if (moved === 'moved') resealed += 1;
        }
        afterId = rows.at(-1)?.objectId;
      }
    }
    return { resealed, unreadable };
  }

  private async move(
    actor: Actor,
    owner: VaultOwner,
    store: SealedStore,
    row: SealedRow,
  ): Promise<'moved' | 'changed' | 'unreadable'> {
    try {
      const value = await this.vault.open(actor, owner, store.purpose, row, row);
      const sealed = await this.vault.seal(actor, owner, store.purpose, row, value);
      return (await store.reseal(actor, owner, row, sealed)) ? 'moved' : 'changed';
    } catch (error) {
      if (error instanceof DecryptionError) return 'unreadable';
      // Another rotation was faster.
      if (error instanceof DataKeyGoneError) return 'changed';
      throw error;
    }
  }
}
