import { Injectable } from '@nestjs/common';
import type { WrappedKey } from '@weir/crypto';
import { Database } from '@weir/database';
import { newId, type Actor } from '@weir/kernel';
import { ownerIdOf, type VaultOwner } from './vault.types';

export interface DataKeyRow extends WrappedKey {
  readonly number: number;
  readonly createdAt: Date;
}

const COLUMNS = { number: true, wrapped: true, masterKeyVersion: true, createdAt: true } as const;

/** Wrapped data keys. The one with the highest number seals; the others only open what rotation has not moved yet. */
@Injectable()
export class DataKeysRepository {
  constructor(private readonly database: Database) {}

  findNewest(actor: Actor, owner: VaultOwner): Promise<DataKeyRow | null> {
    return this.database.client.dataKey.findFirst({
      where: whereOwned(actor, owner),
      orderBy: { number: 'desc' },
      select: COLUMNS,
    });
  }

  findByNumber(actor: Actor, owner: VaultOwner, number: number): Promise<DataKeyRow | null> {
    return this.database.client.dataKey.findFirst({
      where: { ...whereOwned(actor, owner), number },
      select: COLUMNS,
    });
  }

  listAll(actor: Actor, owner: VaultOwner): Promise<DataKeyRow[]> {
    return this.database.client.dataKey.findMany({
      where: whereOwned(actor, owner),
      orderBy: { number: 'asc' },
      select: COLUMNS,
    });
  }

  /** Does nothing when the owner has a key of this number already: the one who came first made it. */
  async insertIfAbsent(actor: Actor, owner: VaultOwner, key: DataKeyRow): Promise<void> {
    await this.database.client.dataKey.createMany({
      data: [{ ...key, ...whereOwned(actor, owner), id: newId() }],
      skipDuplicates: true,
    });
  }

  /** @returns false when another process rewrapped it first */
  async rewrap(actor: Actor, owner: VaultOwner, key: DataKeyRow, rewrapped: WrappedKey): Promise<boolean> {
    const { count } = await this.database.client.dataKey.updateMany({
      where: { ...whereOwned(actor, owner), number: key.number, masterKeyVersion: key.masterKeyVersion },
      data: { wrapped: rewrapped.wrapped, masterKeyVersion: rewrapped.masterKeyVersion },
    });
    return count === 1;
  }

  async retireBefore(actor: Actor, owner: VaultOwner, number: number, at: Date): Promise<void> {
    await this.database.client.dataKey.updateMany({
      where: { ...whereOwned(actor, owner), number: { lt: number }, retiredAt: null },
      data: { retiredAt: at },
    });
  }

  /** Deletes one key. A foreign key refuses while a value is sealed with it. */
  async delete(actor: Actor, owner: VaultOwner, number: number): Promise<void> {
    await this.database.client.dataKey.deleteMany({ where: { ...whereOwned(actor, owner), number } });
  }

  async deleteAll(actor: Actor, owner: VaultOwner): Promise<void> {
    await this.database.client.dataKey.deleteMany({ where: whereOwned(actor, owner) });
  }
}

function whereOwned(actor: Actor, owner: VaultOwner): { organizationId: string; userId: string | null } {
  return { organizationId: actor.organizationId, userId: ownerIdOf(actor, owner) };
}
