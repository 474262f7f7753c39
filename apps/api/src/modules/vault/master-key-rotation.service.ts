import { Inject, Injectable } from '@nestjs/common';
import { rewrapDataKey, type KeyHealth, type KeyProvider } from '@weir/crypto';
import { TransactionRunner } from '@weir/database';
import type { Actor } from '@weir/kernel';
import { AuditService } from '../audit/audit.service';
import { DataKeyOwners } from './data-key-owners';
import type { DataKeyCount } from './data-key-owners.repository';
import { DataKeysRepository, type DataKeyRow } from './data-keys.repository';
import { KeyRingCheckService } from './key-ring-check.service';
import { KEY_PROVIDER } from './vault.tokens';
import { dataKeyOwnerOf, type VaultOwner } from './vault.types';

export interface MasterRotationReport {
  readonly masterKeyVersion: string;
  readonly owners: number;
  /** Data keys that were moved to the newest master key; the others were there already. */
  readonly rewrapped: number;
}

export interface KeyStatus {
  readonly health: KeyHealth;
  readonly dataKeys: readonly DataKeyCount[];
  /** Data keys that still need an older master key. */
  readonly due: number;
}

/**
 * Moves data keys to the newest master key. Values are not touched and stay readable all the time, because every process
 * that has both master keys opens both kinds. Running it again does what is left.
 */
@Injectable()
export class MasterKeyRotationService {
  constructor(
    private readonly owners: DataKeyOwners,
    private readonly keys: DataKeysRepository,
    private readonly transactions: TransactionRunner,
    private readonly audit: AuditService,
    private readonly ringCheck: KeyRingCheckService,
    @Inject(KEY_PROVIDER) private readonly provider: KeyProvider,
  ) {}

  async rotate(onProgress: (line: string) => void): Promise<MasterRotationReport> {
    let rewrapped = 0;
    const owners = await this.owners.forEach(
      async (actor, owner) => {
        for (const key of await this.keys.listAll(actor, owner)) {
          if (await this.rewrap(actor, owner, key)) rewrapped += 1;
        }
      },
      (done) => onProgress(`${done} owners done, ${rewrapped} data keys rewrapped`),
    );
    // Nothing needs the older keys now, so the self-test stops asking for them.
    await this.ringCheck.verify();
    return { masterKeyVersion: this.provider.currentVersion(), owners, rewrapped };
  }

  async status(): Promise<KeyStatus> {
    const health = await this.provider.health();
    const dataKeys = await this.owners.countByMasterKey();
    const old = dataKeys.filter(({ masterKeyVersion }) => masterKeyVersion !== health.currentVersion);
    return { health, dataKeys, due: old.reduce((total, count) => total + count.dataKeys, 0) };
  }

  private async rewrap(actor: Actor, owner: VaultOwner, key: DataKeyRow): Promise<boolean> {
    // The key provider may be on the network, so this happens before the transaction.
    const rewrapped = await rewrapDataKey(this.provider, key, dataKeyOwnerOf(actor, owner), key.number);
    if (rewrapped === null) return false;
    return this.transactions.run(async () => {
      const stored = await this.keys.rewrap(actor, owner, key, rewrapped);
      if (!stored) return false;
      await this.audit.record(actor, {
        action: 'data_key.rewrapped',
        objectType: 'data_key',
        objectId: null,
        changes: { number: key.number, from: key.masterKeyVersion, to: rewrapped.masterKeyVersion },
      });
      return true;
    });
  }
}
