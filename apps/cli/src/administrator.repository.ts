import { Injectable } from '@nestjs/common';
import { Database } from '@weir/database';
import type { Actor } from '@weir/kernel';

/** Through the two functions that are made for it: the service itself can neither see nor make administrators. */
@Injectable()
export class AdministratorRepository {
  constructor(private readonly database: Database) {}

  /** Null when there is no account of this address. */
  async findByEmail(email: string): Promise<{ readonly isAdministrator: boolean } | null> {
    const rows = await this.database.query<{ isAdministrator: boolean }>`
      select platform_admin as "isAdministrator" from find_platform_admin(${email})`;
    return rows[0] ?? null;
  }

  /** @returns false when the installation has an administrator already */
  async claim(actor: Actor): Promise<boolean> {
    const rows = await this.database.query<{ claimed: boolean }>`
      select claim_platform_admin(${actor.userId}::uuid) as claimed`;
    return rows[0]?.claimed ?? false;
  }
}
