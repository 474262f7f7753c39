import { Injectable } from '@nestjs/common';
import { Database } from '@weir/database';
import type { Actor } from '@weir/kernel';
import type { SealedBatch, SealedRow, SealedStore } from './sealed-stores';
import { ownerIdOf, type StoredValue, type VaultOwner } from './vault.types';

/** The table `secrets`, as rotation and shredding see it. */
@Injectable()
export class SealedSecretsRepository implements SealedStore {
  readonly purpose = 'secret';

  constructor(private readonly database: Database) {}

  async findSealedBefore(
    actor: Actor,
    owner: VaultOwner,
    { number, afterId, limit }: SealedBatch,
  ): Promise<SealedRow[]> {
    const rows = await this.database.client.secret.findMany({
      where: {
        organizationId: actor.organizationId,
        userId: ownerIdOf(actor, owner),
        dataKeyNumber: { lt: number },
        id: { gt: afterId },
      },
      orderBy: { id: 'asc' },
      take: limit,
      select: {
        id: true,
        name: true,
        version: true,
        dataKeyNumber: true,
        nonce: true,
        ciphertext: true,
        tag: true,
      },
    });
    return rows.map(({ id, ...row }) => ({ ...row, objectId: id }));
  }

  // SQL, because Prisma would set updated_at: for its owner the secret did not change.
  async reseal(actor: Actor, owner: VaultOwner, row: SealedRow, sealed: StoredValue): Promise<boolean> {
    const count = await this.database.execute`
      update secrets set data_key_number = ${sealed.dataKeyNumber}, nonce = ${sealed.nonce}, ciphertext = ${sealed.ciphertext},
        tag = ${sealed.tag}
      where organization_id = ${actor.organizationId}::uuid and user_id is not distinct from ${ownerIdOf(actor, owner)}::uuid
        and id = ${row.objectId}::uuid and version = ${row.version} and data_key_number = ${row.dataKeyNumber}`;
    return count === 1;
  }

  async deleteAll(actor: Actor, owner: VaultOwner): Promise<void> {
    await this.database.client.secret.deleteMany({
      where: { organizationId: actor.organizationId, userId: ownerIdOf(actor, owner) },
    });
  }
}
