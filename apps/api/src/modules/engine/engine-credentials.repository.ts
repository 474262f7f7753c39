import { Injectable } from '@nestjs/common';
import { Database } from '@weir/database';
import type { Actor } from '@weir/kernel';

/** A sealed value as the vault makes it. */
export interface SealedCredential {
  readonly dataKeyNumber: number;
  readonly nonce: Uint8Array<ArrayBuffer>;
  readonly ciphertext: Uint8Array<ArrayBuffer>;
  readonly tag: Uint8Array<ArrayBuffer>;
}

export interface CredentialRow extends SealedCredential {
  readonly id: string;
  readonly version: number;
}

const COLUMNS = {
  id: true,
  version: true,
  dataKeyNumber: true,
  nonce: true,
  ciphertext: true,
  tag: true,
} as const;

/** The engine's API key of one engine identity; ciphertext only. */
@Injectable()
export class EngineCredentialsRepository {
  constructor(private readonly database: Database) {}

  async find(actor: Actor): Promise<CredentialRow | null> {
    const { organizationId, userId } = actor;
    return await this.database.client.engineCredential.findFirst({
      where: { organizationId, userId },
      select: COLUMNS,
    });
  }

  /** @returns false when the identity has one already */
  async insert(actor: Actor, row: CredentialRow): Promise<boolean> {
    const { organizationId, userId } = actor;
    const { count } = await this.database.client.engineCredential.createMany({
      data: [{ ...row, organizationId, userId }],
      skipDuplicates: true,
    });
    return count === 1;
  }

  /** @returns false when it is no longer at the version that was read */
  async replace(actor: Actor, row: CredentialRow): Promise<boolean> {
    const { organizationId, userId } = actor;
    const { id, version, ...sealed } = row;
    const { count } = await this.database.client.engineCredential.updateMany({
      where: { organizationId, userId, id, version: version - 1 },
      data: { ...sealed, version },
    });
    return count === 1;
  }
}
