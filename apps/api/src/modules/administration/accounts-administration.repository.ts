import { Injectable } from '@nestjs/common';
import { Database } from '@weir/database';
import type { Actor } from '@weir/kernel';

export interface AccountRow {
  readonly userId: string;
  /** The personal one. */
  readonly organizationId: string;
  readonly email: string;
  readonly name: string;
  readonly isAdministrator: boolean;
  readonly disabledAt: Date | null;
}

export interface ListedAccount {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly isAdministrator: boolean;
  readonly disabledAt: Date | null;
  readonly createdAt: Date;
  /** When a session of this person last got new tokens; null when there never was one. */
  readonly lastUsedAt: Date | null;
}

/** Accounts as the operator sees them. Looking up goes through the functions made for it; changes are made as the person. */
@Injectable()
export class AccountsAdministrationRepository {
  constructor(private readonly database: Database) {}

  async findByEmail(email: string): Promise<AccountRow | null> {
    const rows = await this.database.query<AccountRow>`
      select user_id as "userId", organization_id as "organizationId", email, name, platform_admin as "isAdministrator",
        disabled_at as "disabledAt"
      from find_account(${email})`;
    return rows[0] ?? null;
  }

  async listAfter(userId: string, limit: number): Promise<ListedAccount[]> {
    return await this.database.query<ListedAccount>`
      select user_id as "userId", email, name, platform_admin as "isAdministrator", disabled_at as "disabledAt",
        created_at as "createdAt", last_used_at as "lastUsedAt"
      from list_accounts(${userId}::uuid, ${limit}::int)`;
  }

  async setDisabledAt(actor: Actor, disabledAt: Date | null): Promise<void> {
    await this.database.client.user.updateMany({ where: { id: actor.userId }, data: { disabledAt } });
  }
}
