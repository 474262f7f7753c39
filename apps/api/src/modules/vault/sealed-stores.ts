import { Injectable } from '@nestjs/common';
import type { SealPurpose } from '@weir/crypto';
import type { Actor } from '@weir/kernel';
import { SealedCredentialsRepository } from './sealed-credentials.repository';
import { SealedSecretsRepository } from './sealed-secrets.repository';
import type { SealedPlace, StoredValue, VaultOwner } from './vault.types';

/** A row with a sealed value, whatever else the row holds. */
export interface SealedRow extends SealedPlace, StoredValue {}

/** Rows that an older data key than `number` seals. */
export interface SealedBatch {
  readonly number: number;
  readonly afterId: string;
  readonly limit: number;
}

/** A table with sealed values, as rotation and shredding see it. */
export interface SealedStore {
  readonly purpose: SealPurpose;
  /** In the order of their ids. */
  findSealedBefore(actor: Actor, owner: VaultOwner, batch: SealedBatch): Promise<SealedRow[]>;
  /** Stores the same value under another data key. False when the row changed after it was read. */
  reseal(actor: Actor, owner: VaultOwner, row: SealedRow, sealed: StoredValue): Promise<boolean>;
  deleteAll(actor: Actor, owner: VaultOwner): Promise<void>;
}

/** Every table that holds ciphertext. One that is missing here would keep its data keys alive for ever: a foreign key says so. */
@Injectable()
export class SealedStores {
  readonly all: readonly SealedStore[];

  constructor(secrets: SealedSecretsRepository, credentials: SealedCredentialsRepository) {
    this.all = [secrets, credentials];
  }
}
