import { Injectable } from '@nestjs/common';
import {
  DecryptionError,
  decryptValue,
  encryptValue,
  type SealBinding,
  type SealedValue,
  type SealPurpose,
} from '@weir/crypto';
import { runAs, type Actor } from '@weir/kernel';
import { Logger } from '@weir/logging';
import { AuditService } from '../audit/audit.service';
import { DataKeysRepository } from './data-keys.repository';
import { DataKeysService } from './data-keys.service';
import { OutsideTransaction } from './outside-transaction';
import { SealedStores } from './sealed-stores';
import {
  dataKeyOwnerOf,
  type SealedPlace,
  type StoredValue,
  type ValuePlace,
  type VaultOwner,
} from './vault.types';

/** Encrypts values for their place, and opens them there and nowhere else. */
@Injectable()
export class VaultService {
  constructor(
    private readonly dataKeys: DataKeysService,
    private readonly keyRows: DataKeysRepository,
    private readonly stores: SealedStores,
    private readonly outside: OutsideTransaction,
    private readonly audit: AuditService,
    private readonly logger: Logger,
  ) {}

  /**
   * Makes sure that the owner has a data key, and that it is unwrapped. Call it before a transaction that seals: the key
   * provider may be on the network, and the first key of an owner needs a connection of its own.
   */
  async prepare(actor: Actor, owner: VaultOwner): Promise<void> {
    await this.dataKeys.use(actor, owner, await this.dataKeys.currentNumber(actor, owner), () => undefined);
  }

  /**
   * Encrypts a value with the owner's current data key.
   * @param place where it will be stored; another row, name or version cannot open it
   */
  async seal(
    actor: Actor,
    owner: VaultOwner,
    purpose: SealPurpose,
    place: ValuePlace,
    plaintext: string,
  ): Promise<StoredValue> {
    const dataKeyNumber = await this.dataKeys.currentNumber(actor, owner);
    const binding = bindingOf(actor, owner, { ...place, dataKeyNumber });
    const sealed = await this.dataKeys.use(actor, owner, dataKeyNumber, (dataKey) =>
      encryptValue(dataKey, purpose, binding, plaintext),
    );
    return { ...sealed, dataKeyNumber };
  }

  /**
   * Opens what {@link seal} made.
   * @throws DataKeyGoneError when rotation moved the value to another key after the row was read: read it again
   * @throws DecryptionError for a value that does not belong where it was found; logged as an alert, and audited (R40, N2)
   */
  async open(
    actor: Actor,
    owner: VaultOwner,
    purpose: SealPurpose,
    place: SealedPlace,
    sealed: SealedValue,
  ): Promise<string> {
    try {
      return await this.dataKeys.use(actor, owner, place.dataKeyNumber, (dataKey) =>
        decryptValue(dataKey, purpose, bindingOf(actor, owner, place), sealed),
      );
    } catch (error) {
      if (error instanceof DecryptionError) await this.raiseAlarm(actor, purpose, place);
      throw error;
    }
  }

  /**
   * Crypto-shredding: deletes everything that is sealed for the actor, and then the data keys, so that copies of the rows
   * in backups cannot be opened either. Joins the caller's transaction.
   */
  async destroyKeys(actor: Actor): Promise<void> {
    for (const store of this.stores.all) await store.deleteAll(actor, 'user');
    await this.keyRows.deleteAll(actor, 'user');
    this.dataKeys.forget(dataKeyOwnerOf(actor, 'user'));
  }

  /** Recorded on its own: the caller's transaction fails with the value. */
  private async raiseAlarm(actor: Actor, purpose: SealPurpose, place: SealedPlace): Promise<void> {
    const { objectId, name, version, dataKeyNumber } = place;
    this.logger.error({
      event: 'vault.decryption_failed',
      alert: true,
      purpose,
      objectId,
      version,
      dataKeyNumber,
    });
    await this.outside.run(() =>
      runAs(actor, () =>
        this.audit.record(actor, {
          action: 'secret.decryption_failed',
          objectType: purpose,
          objectId,
          changes: { name, version, dataKeyNumber },
        }),
      ),
    );
  }
}

function bindingOf(actor: Actor, owner: VaultOwner, place: SealedPlace): SealBinding {
  const { objectId, name, version, dataKeyNumber } = place;
  return { ...dataKeyOwnerOf(actor, owner), objectId, name, version, dataKeyNumber };
}
