import { Injectable } from '@nestjs/common';
import { Database } from '@weir/database';

export interface DataKeyOwnerRow {
  readonly organizationId: string;
  /** The zero UUID stands for the organization itself. */
  readonly userId: string;
}

export interface DataKeyCount {
  readonly masterKeyVersion: string;
  readonly dataKeys: number;
}

/** Across all tenants, through the functions made for it: owners and counts, never a key. */
@Injectable()
export class DataKeyOwnersRepository {
  constructor(private readonly database: Database) {}

  // Async, not just a promise passed on: Prisma sends a query when it is awaited, and that must happen within runAsSystem.
  async listAfter({ organizationId, userId }: DataKeyOwnerRow, limit: number): Promise<DataKeyOwnerRow[]> {
    return await this.database.query<DataKeyOwnerRow>`
      select organization_id as "organizationId", user_id as "userId"
      from list_data_key_owners(${organizationId}::uuid, ${userId}::uuid, ${limit}::int)`;
  }

  async countByMasterKey(): Promise<DataKeyCount[]> {
    return await this.database.query<DataKeyCount>`
      select master_key_version as "masterKeyVersion", data_keys::int as "dataKeys" from count_data_keys()`;
  }
}
