import { Injectable } from '@nestjs/common';
import { Database } from '@weir/database';
import type { Actor } from '@weir/kernel';
import type { SealedBatch, SealedRow, SealedStore } from './sealed-stores';
import { ENGINE_CREDENTIAL_NAME, type StoredValue, type VaultOwner } from './vault.types';

/** The table `engine_credentials`, as rotation and shredding see it. Only people have engine identities. */
@Injectable()
export class SealedCredentialsRepository implements SealedStore {
  readonly purpose = 'engine-credential';

  constructor(private readonly database: Database) {}

  async findSealedBefore(
    actor: Actor,
    owner: VaultOwner,
    { number, afterId, limit }: SealedBatch,
  ): Promise<SealedRow[]> {
    if (owner === 'organization') return [];
    const rows = await this.database.client.engineCredential.findMany({
      where: {
        organizationId: actor.organizationId,
        userId: actor.userId,
        dataKeyNumber: { lt: number },
        id: { gt: afterId },
      },
      orderBy: { id: 'asc' },
      take: limit,
      select: { id: true, version: true, dataKeyNumber: true, nonce: true, ciphertext: true, tag: true },
    });
    return rows.map(({ id, ...row }) => ({ ...row, objectId: id, name: ENGINE_CREDENTIAL_NAME }));
  }

  async reseal(actor: Actor, _owner: VaultOwner, row: SealedRow, sealed: StoredValue): Promise<boolean> {
    const { dataKeyNumber, nonce, ciphertext, tag } = sealed;
    const { count } = await this.database.client.engineCredential.updateMany({
      where: {
        organizationId: actor.organizationId,
        userId: actor.userId,
        id: row.objectId,
        version: row.version,
        dataKeyNumber: row.dataKeyNumber,
      },
      data: { dataKeyNumber, nonce, ciphertext, tag },
    });
    return count === 1;
  }

  async deleteAll(actor: Actor, owner: VaultOwner): Promise<void> {
    if (owner === 'organization') return;
    await this.database.client.engineCredential.deleteMany({
      where: { organizationId: actor.organizationId, userId: actor.userId },
    });
  }
}
